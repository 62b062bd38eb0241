import { httpError, type HttpError } from "./http-error.ts";

/** The refusal of a body by what only the database or two of its fields together could tell. */
export const unprocessable = (field: string, message: string): HttpError =>
  httpError(422, "The body does not fit: mend the field named in errors.", { field, message });
