import type { LoanId } from "../../domain/ids.ts";
import type { LoggedFields } from "../../domain/interaction-record.ts";
import type { StoredBorrower } from "../../store/api/borrowers.ts";
import type { Db } from "../../store/postgres/db.ts";
import { unprocessable } from "../core/http-error.ts";
import type { InteractionBody } from "./body.ts";
import type { HttpDeps } from "../core/deps.ts";
import { contactOf, loansOf, previousOf } from "./resolve-references.ts";

/** The fields of a logged interaction that its body leaves out. */
export const EMPTY: Omit<LoggedFields, "channel" | "status" | "startedAt" | "borrower"> = {
  content: null,
  contactId: null,
  contact: null,
  loanId: null,
  loanIds: [],
  subject: null,
  theme: null,
  sensitive: false,
  externalId: null,
  previousInteractionId: null,
  metaData: null,
  isTransactional: null,
  direction: null,
  statusDetails: null,
  endedAt: null,
  scheduledAtFrom: null,
  scheduledAtTo: null,
  failureDescriptionShort: null,
  failureDescriptionLong: null,
  complianceGuardRuleId: null,
};

/** The fields of a body with all references resolved. Throws a 422 for a reference to nothing. Content stays as it was sent. */
export async function loggedFields(
  db: Db,
  person: StoredBorrower,
  body: InteractionBody,
  { homeCountry }: Pick<HttpDeps, "homeCountry">,
): Promise<Partial<LoggedFields>> {
  const { borrower, loanId, loanIds, previousInteractionId: previous, ...rest } = body;
  const { contactId: _, contactExternalId: __, contact: ___, ...plain } = rest;
  return {
    ...plain,
    ...(await contactOf(db, person.id, body, homeCountry)),
    ...(borrower !== undefined && { borrower: borrowerOf(person, borrower) }),
    ...(loanId !== undefined && { loanId: await loanOf(db, loanId) }),
    ...(loanIds !== undefined && {
      loanIds: await loansOf(db, loanIds ?? [], (index) => `loanIds[${index}]`),
    }),
    ...(previous !== undefined && {
      previousInteractionId: previous === null ? null : await previousOf(db, person.id, previous),
    }),
  };
}

async function loanOf(db: Db, loanId: string | null): Promise<LoanId | null> {
  if (loanId === null) return null;
  const [found = null] = await loansOf(db, [loanId], () => "loanId");
  return found;
}

/** The borrower of the path. Fields of the body replace those on record. */
function borrowerOf(
  { externalId, stored }: StoredBorrower,
  given: NonNullable<InteractionBody["borrower"]> | null,
): object {
  if (given?.externalId && externalId !== null && given.externalId !== externalId)
    throw unprocessable("borrower.externalId", "must be that of the borrower in the path");
  return { ...stored, ...given };
}

/** An interaction cannot end before it starts. */
export function checkTimes(fields: LoggedFields): void {
  const { startedAt, endedAt, scheduledAtFrom, scheduledAtTo } = fields;
  if (startedAt !== null && endedAt !== null && endedAt < startedAt)
    throw unprocessable(
      "endedAt",
      "must not be before startedAt, which defaults to the time of the request",
    );
  if (scheduledAtFrom !== null && scheduledAtTo !== null && scheduledAtTo < scheduledAtFrom)
    throw unprocessable("scheduledAtTo", "must not be before scheduledAtFrom");
}
