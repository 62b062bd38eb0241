import { refusal, type Refusal } from "./http-error.ts";

/** The refusal of a body by what only the database or two of its fields together could tell. */
export const unfit = (field: string, says: string): Refusal =>
  refusal(422, "The body does not fit: mend the field named in errors.", { field, says });
