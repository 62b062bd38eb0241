import { parseBorrowerId, parseContactId, parseLoanId } from "../../domain/ids.ts";
import type { BorrowerId, ContactId, InteractionId, LoanId } from "../../domain/ids.ts";
import type { InteractionRecord, StoredContact } from "../../domain/interaction-record.ts";
import type { Reference } from "../../domain/reference.ts";
import { matchContact } from "../../decide/api/match-contact.ts";
import { findBorrower, type StoredBorrower } from "../../store/api/borrowers.ts";
import { listContacts } from "../../store/api/contacts.ts";
import type { Db } from "../../store/postgres/db.ts";
import { findInteraction } from "../../store/api/interaction-record.ts";
import { findLoanIds } from "../../store/api/loans.ts";
import type { InteractionBody } from "./body.ts";
import { readInteractionReference, readReference } from "../core/reference-id.ts";
import { notFound, unprocessable } from "../core/http-error.ts";

/** The borrower of a path. */
export async function personOf(db: Db, personId: string): Promise<StoredBorrower> {
  const found = await findBorrower(db, readReference(personId, parseBorrowerId));
  if (found === undefined) throw notFound("personId", "person");
  return found;
}

/** The interaction of a path, of the person in it where there is one. */
export async function interactionOf(
  db: Db,
  { personId, interactionId }: { readonly personId?: string; readonly interactionId: string },
): Promise<InteractionRecord> {
  const person = personId === undefined ? undefined : await personOf(db, personId);
  const reference = readInteractionReference(interactionId);
  const found = reference && (await findInteraction(db, { reference, personId: person?.id }));
  if (found === undefined)
    throw notFound(
      "interactionId",
      person === undefined ? "interaction" : "interaction of this person",
    );
  return found;
}

/** The ids of the loans. A loan may be another borrower's, because guarantors and co-borrowers are contacted about it too. */
export async function loansOf(
  db: Db,
  loanIds: readonly string[],
  fieldOf: (index: number) => string,
): Promise<LoanId[]> {
  const found = await findLoanIds(
    db,
    loanIds.map((id) => readReference(id, parseLoanId)),
  );
  return found.map((id, index) => {
    if (id === undefined) throw unprocessable(fieldOf(index), "names no loan");
    return id;
  });
}

/** The interaction before this one. It must be of the same borrower, because a chain is one conversation. */
export async function previousOf(db: Db, personId: BorrowerId, id: string): Promise<InteractionId> {
  const field = "previousInteractionId";
  const reference = readInteractionReference(id);
  const found = reference && (await findInteraction(db, { reference, personId }));
  if (found === undefined) throw unprocessable(field, "names no interaction of this borrower");
  return found.id;
}

/** Resolves the contact of a body to its id and the details that are stored with the interaction. */
export async function contactOf(
  db: Db,
  personId: BorrowerId,
  { contactId, contactExternalId, contact }: InteractionBody,
  homeCountry: string,
): Promise<Partial<Pick<InteractionRecord, "contactId" | "contact">>> {
  if (!contactId && !contactExternalId && !contact) return clearedContact(contactId, contact);
  const contacts = await listContacts(db, personId);
  const byId = contactId
    ? findNamed(contacts, "contactId", readReference(contactId, parseContactId))
    : undefined;
  const byExternalId = contactExternalId
    ? findNamed(contacts, "contactExternalId", { externalId: contactExternalId })
    : undefined;
  if (byId !== undefined && byExternalId !== undefined && byId.id !== byExternalId.id)
    throw unprocessable(
      "contactExternalId",
      "names another contact than contactId; send one of them",
    );
  const named = byId ?? byExternalId;
  if (named !== undefined) return { contactId: named.id, contact: contact ?? named.details };
  const known = contact && matchContact(contacts, contact, homeCountry);
  return known
    ? { contactId: known.id, contact: known.details }
    : { contactId: null, contact: contact ?? null };
}

/** `contactId: null` clears both fields, `contact: null` clears the details. */
const clearedContact = (
  contactId: string | null | undefined,
  contact: object | null | undefined,
): Partial<Pick<InteractionRecord, "contactId" | "contact">> => ({
  ...(contactId === null && { contactId: null, contact: null }),
  ...(contact === null && { contact: null }),
});

function findNamed(
  contacts: readonly StoredContact[],
  field: string,
  reference: Reference<ContactId>,
): StoredContact {
  const found = contacts.find((contact) =>
    "id" in reference
      ? contact.id === reference.id
      : contact.details.externalId === reference.externalId,
  );
  if (found === undefined) throw unprocessable(field, "names no contact of this borrower");
  return found;
}
