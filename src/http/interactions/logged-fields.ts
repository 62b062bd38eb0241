import type { LoggedFields } from "../../domain/interaction-record.ts";
import type { KeptBorrower } from "../../store/api/borrowers.ts";
import type { Db } from "../../store/postgres/db.ts";
import type { HttpDeps } from "../core/deps.ts";
import type { InteractionBody } from "./body.ts";
import { contactOf, loansOf, previousOf } from "./resolve-references.ts";
import { unprocessable } from "../core/unprocessable.ts";

/** What a logged interaction is where its body says nothing. */
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

/** What a body gives, with everything it names found. Refuses what is not there. Content is left as it was sent. */
export async function loggedFields(
  db: Db,
  person: KeptBorrower,
  body: InteractionBody,
): Promise<Partial<LoggedFields>> {
  const { borrower, loanId, loanIds, previousInteractionId: previous, ...rest } = body;
  const { contactId: _, contactExternalId: __, contact: ___, ...plain } = rest;
  return {
    ...plain,
    ...(await contactOf(db, person.id, body)),
    ...(borrower !== undefined && { borrower: borrowerOf(person, borrower) }),
    ...(loanId !== undefined && { loanId: await loanOf(db, loanId) }),
    ...(loanIds !== undefined && {
      loanIds: await loansOf(db, loanIds ?? [], (index) => `loanIds[${index}]`),
    }),
    ...(previous !== undefined && {
      previousInteractionId: previous && (await previousOf(db, person.id, previous)),
    }),
  };
}

async function loanOf(db: Db, loanId: string | null): Promise<string | null> {
  if (loanId === null) return null;
  const [found = null] = await loansOf(db, [loanId], () => "loanId");
  return found;
}

/** The borrower of the path in the words of the body. */
function borrowerOf(
  { externalId, kept }: KeptBorrower,
  told: NonNullable<InteractionBody["borrower"]> | null,
): object {
  if (told?.externalId && externalId !== null && told.externalId !== externalId)
    throw unprocessable("borrower.externalId", "is not the borrower of the path");
  return { ...kept, ...told };
}

/** An interaction does not end before it begins. */
export function checkTimes(fields: LoggedFields): void {
  const { startedAt, endedAt, scheduledAtFrom, scheduledAtTo } = fields;
  if (startedAt !== null && endedAt !== null && endedAt < startedAt)
    throw unprocessable(
      "endedAt",
      "lies before startedAt, which is the time of the call unless given",
    );
  if (scheduledAtFrom !== null && scheduledAtTo !== null && scheduledAtTo < scheduledAtFrom)
    throw unprocessable("scheduledAtTo", "lies before scheduledAtFrom");
}

/** Sensitive content is sealed where there is a key. */
export const sealIfSensitive = (
  content: object | null,
  sensitive: boolean,
  { seal }: Pick<HttpDeps, "seal">,
): object | null => (content !== null && sensitive && seal ? seal.seal(content) : content);
