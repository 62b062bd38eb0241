import type { InteractionRecord, KeptContact } from "../../domain/interaction-record.ts";
import type { Reference } from "../../domain/reference.ts";
import { recogniseContact } from "../../decide/api/match-contact.ts";
import { findBorrower, type KeptBorrower } from "../../store/api/borrowers.ts";
import { listContacts } from "../../store/api/contacts.ts";
import type { Db } from "../../store/postgres/db.ts";
import { findInteraction } from "../../store/api/interaction-record.ts";
import { findLoanIds } from "../../store/api/loans.ts";
import type { InteractionBody } from "./body.ts";
import { readInteractionReference, readReference } from "../core/reference-id.ts";
import { notFound } from "../core/http-error.ts";
import { unprocessable } from "../core/unprocessable.ts";

/** The borrower of a path. */
export async function personOf(db: Db, personId: string): Promise<KeptBorrower> {
  const found = await findBorrower(db, readReference(personId));
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

/** A loan need not be the borrower's own: guarantors and co-borrowers are turned to about it as well. */
export async function loansOf(
  db: Db,
  loanIds: readonly string[],
  fieldOf: (index: number) => string,
): Promise<string[]> {
  const found = await findLoanIds(db, loanIds.map(readReference));
  return found.map((id, index) => {
    if (id === undefined) throw unprocessable(fieldOf(index), "names no loan");
    return id;
  });
}

/** A chain of interactions stays with one borrower. */
export async function previousOf(db: Db, personId: string, id: string): Promise<string> {
  const field = "previousInteractionId";
  const reference = readInteractionReference(id);
  const found = reference && (await findInteraction(db, { reference, personId }));
  if (found === undefined) throw unprocessable(field, "names no interaction of this borrower");
  return found.id;
}

/** The contact a body speaks of: which one it is, and its details as they are to be kept. */
export async function contactOf(
  db: Db,
  personId: string,
  { contactId, contactExternalId, contact }: InteractionBody,
): Promise<Partial<Pick<InteractionRecord, "contactId" | "contact">>> {
  const emptied = {
    ...(contactId === null && { contactId: null, contact: null }),
    ...(contact === null && { contact: null }),
  };
  if (!contactId && !contactExternalId && !contact) return emptied;
  const contacts = await listContacts(db, personId);
  const [first, second = first] = [
    ...(contactId ? [namedBy(contacts, "contactId", readReference(contactId))] : []),
    ...(contactExternalId
      ? [namedBy(contacts, "contactExternalId", { externalId: contactExternalId })]
      : []),
  ];
  if (first?.id !== second?.id)
    throw unprocessable(
      "contactExternalId",
      "is not the contact that contactId names: send one of them",
    );
  if (first !== undefined) return { contactId: first.id, contact: contact ?? first.details };
  const known = contact && recogniseContact(contacts, contact);
  return known
    ? { contactId: known.id, contact: known.details }
    : { contactId: null, contact: contact ?? null };
}

function namedBy(
  contacts: readonly KeptContact[],
  field: string,
  reference: Reference,
): KeptContact {
  const found = contacts.find((contact) =>
    "id" in reference
      ? contact.id === reference.id
      : contact.details.externalId === reference.externalId,
  );
  if (found === undefined) throw unprocessable(field, "names no contact of this borrower");
  return found;
}
