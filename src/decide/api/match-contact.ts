import { parsePhoneNumberFromString } from "libphonenumber-js";
import type { ContactDetails, KeptContact } from "../../domain/interaction-record.ts";

/** What tells one contact from another. */
export type ContactMarks = Pick<ContactDetails, "externalId" | "contactType" | "value" | "address">;

/**
 * Finds which of a borrower's contacts is meant: the one of that external id, otherwise the first of the same kind that
 * leads to the same place. Undefined when it is none of them.
 */
export function recogniseContact(
  contacts: readonly KeptContact[],
  given: ContactMarks,
): KeptContact | undefined {
  if (given.externalId !== null) {
    const named = contacts.find(({ details }) => details.externalId === given.externalId);
    if (named !== undefined) return named;
  }
  const place = placeOf(given);
  if (place === "") return undefined;
  return contacts.find(
    ({ details }) => details.contactType === given.contactType && placeOf(details) === place,
  );
}

/** Where a contact leads, however it is written; empty when nowhere. */
function placeOf({ contactType, value, address }: ContactMarks): string {
  if (contactType === "address") return address === null ? "" : lineOf(address);
  if (value === null) return "";
  if (contactType === "email") return value.trim().toLowerCase();
  // a number without a country is one of the lender's
  return parsePhoneNumberFromString(value, "US")?.number ?? value.replaceAll(/[^\d+]/g, "");
}

const lineOf = (address: object): string =>
  Object.entries(address)
    .filter(([key, value]) => key !== "object" && typeof value === "string")
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([key, value]) => `${key}=${String(value).trim().toLowerCase().replaceAll(/\s+/g, " ")}`)
    .filter((part) => !part.endsWith("="))
    .join(";");
