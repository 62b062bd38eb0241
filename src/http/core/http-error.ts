/** The HTTP error statuses of this API, each with its standard message. */
export const HTTP_ERRORS = {
  400: "Bad request.",
  401: "Missing or invalid credentials.",
  403: "Forbidden.",
  404: "Not found.",
  405: "Method not allowed.",
  409: "Conflict; see errors.",
  413: "Request body too large.",
  415: "Unsupported media type.",
  422: "Validation failed; see errors.",
  429: "Too many requests.",
  500: "Internal server error.",
  503: "Service unavailable.",
} as const;
export type HttpErrorStatus = keyof typeof HTTP_ERRORS;

/** The reason for which access was refused, as the log records it. */
export type DenialReason =
  | "noCredentials"
  | "invalidKey"
  | "invalidToken"
  | "missingScope"
  | "forgedUrl"
  | "forgedCallback"
  | "expiredUrl"
  | "noSealedUrls";

/** One field of a request and its error. It never contains the value. */
export interface FieldError {
  /** A path into what was sent, such as `onCondition[0].fieldName`. */
  readonly field: string;
  readonly message: string;
}

interface Details {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly reason?: DenialReason;
}

/** Ends a request with an error status. Throw it; the app sends the response. */
export class HttpError extends Error {
  readonly status: HttpErrorStatus;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  /** Set where access was denied. */
  readonly reason: DenialReason | undefined;

  constructor(status: HttpErrorStatus, message: string, details: Details = {}) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.errors = details.errors ?? [];
    this.headers = details.headers ?? {};
    this.reason = details.reason;
  }
}

/** `throw httpError(409, "…", { field, message })`. */
export const httpError = (
  status: HttpErrorStatus,
  message: string,
  ...errors: readonly FieldError[]
): HttpError => new HttpError(status, message, { errors });

/** `throw notFound("personId", "person")`. */
export const notFound = (field: string, noun: string): HttpError =>
  httpError(404, HTTP_ERRORS[404], { field, message: `there is no such ${noun}` });

/** For a body whose fields are valid one by one, but not together or not against what is stored. */
export const unprocessable = (field: string, message: string): HttpError =>
  httpError(422, HTTP_ERRORS[422], { field, message });

/** A 409 for a change that the record does not allow. */
export const conflict = (...errors: readonly FieldError[]): HttpError =>
  httpError(409, HTTP_ERRORS[409], ...errors);

/** 403 for a caller without the scope, or with too little of it for one field. */
export const missingScope = (scope: string, ...errors: readonly FieldError[]): HttpError =>
  new HttpError(403, `Missing scope: this requires ${scope}.`, { errors, reason: "missingScope" });
