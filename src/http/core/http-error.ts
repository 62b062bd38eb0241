/** Every status with which a request is refused, and what it means here. */
export const HTTP_ERRORS = {
  400: "The request cannot be read: broken JSON, or a path or query that does not fit.",
  401: "Nobody is named: send a key or a token that is valid.",
  403: "The key or token lacks the scope.",
  404: "There is no such thing.",
  405: "The path does not know the method; Allow lists those it knows.",
  409: "The request contradicts what is stored.",
  413: "The body is too large.",
  415: "The body is not application/json.",
  422: "The body can be read, and does not fit.",
  429: "Too many requests: wait as Retry-After says.",
  500: "A fault of ours, which is logged under the request's id.",
  503: "The database or the token issuer cannot be reached; try again.",
} as const;
export type HttpErrorStatus = keyof typeof HTTP_ERRORS;

/** One field of a request and what is wrong with it; never the value. */
export interface FieldError {
  /** As a path into what was sent: `onCondition[0].fieldName`. */
  readonly field: string;
  readonly message: string;
}

/** Why a request is not done. Throw it: the app answers with it. */
export class HttpError extends Error {
  readonly status: HttpErrorStatus;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: HttpErrorStatus,
    message: string,
    rest: { errors?: readonly FieldError[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.errors = rest.errors ?? [];
    this.headers = rest.headers ?? {};
  }
}

/** `throw httpError(409, "…", { field, message })`: the sentence tells what to do, the faults name the fields. */
export const httpError = (
  status: HttpErrorStatus,
  message: string,
  ...errors: readonly FieldError[]
): HttpError => new HttpError(status, message, { errors });

/** `throw notFound("personId", "person")`. */
export const notFound = (field: string, noun: string): HttpError =>
  httpError(404, `There is no such ${noun}.`, { field, message: `names no ${noun}` });
