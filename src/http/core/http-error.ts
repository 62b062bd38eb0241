/** Every status with which a request is refused, and what it means here. */
export const REFUSALS = {
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
export type RefusalStatus = keyof typeof REFUSALS;

/** One field of a request and what is wrong with it; never the value. */
export interface FieldFault {
  /** As a path into what was sent: `onCondition[0].fieldName`. */
  readonly field: string;
  readonly says: string;
}

/** Why a request is not done. Throw it: the app answers with it. */
export class Refusal extends Error {
  readonly status: RefusalStatus;
  readonly errors: readonly FieldFault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: RefusalStatus,
    message: string,
    rest: { errors?: readonly FieldFault[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.errors = rest.errors ?? [];
    this.headers = rest.headers ?? {};
  }
}

/** `throw refusal(409, "…", { field, says })`: the sentence tells what to do, the faults name the fields. */
export const refusal = (
  status: RefusalStatus,
  message: string,
  ...errors: readonly FieldFault[]
): Refusal => new Refusal(status, message, { errors });

/** `throw notFound("personId", "person")`. */
export const notFound = (field: string, noun: string): Refusal =>
  refusal(404, `There is no such ${noun}.`, { field, says: `names no ${noun}` });
