import type { ContactDetails, StoredContact } from "../../domain/interaction-record.ts";
import { readPhoneNumber } from "../../domain/values/phone-number.ts";

/** The fields that identify a contact. */
export type ContactMarks = Pick<ContactDetails, "externalId" | "contactType" | "value" | "address">;

/**
 * Finds the contact of a borrower that a reference means: by external id, otherwise the first of the same kind with the same
 * value. Returns undefined if there is none.
 */
export function matchContact(
  contacts: readonly StoredContact[],
  given: ContactMarks,
  homeCountry: string,
): StoredContact | undefined {
  if (given.externalId !== null) {
    const named = contacts.find(({ details }) => details.externalId === given.externalId);
    if (named !== undefined) return named;
  }
  const place = placeOf(given, homeCountry);
  if (place === "") return undefined;
  return contacts.find(
    ({ details }) =>
      details.contactType === given.contactType && placeOf(details, homeCountry) === place,
  );
}

/** Returns the normalized value of a contact; empty if it has none. */
function placeOf({ contactType, value, address }: ContactMarks, homeCountry: string): string {
  if (contactType === "address") return address === null ? "" : lineOf(address);
  if (value === null) return "";
  if (contactType === "email") return value.trim().toLowerCase();
  return readPhoneNumber(value, homeCountry) ?? value.replaceAll(/[^\d+]/g, "");
}

const lineOf = (address: object): string =>
  Object.entries(address)
    .filter(([key, value]) => key !== "object" && typeof value === "string")
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([key, value]) => `${key}=${String(value).trim().toLowerCase().replaceAll(/\s+/g, " ")}`)
    .filter((part) => !part.endsWith("="))
    .join(";");
