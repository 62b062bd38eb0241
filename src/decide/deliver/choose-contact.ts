import { parsePhoneNumberFromString } from "libphonenumber-js";
import type { Contact } from "../../domain/contact.ts";
import { CONTACT_STATUSES, type Channel } from "../../domain/vocabulary.ts";

/** The chosen contact, or the reason why there is none. */
export type Choice =
  | { readonly kind: "chosen"; readonly contact: Contact }
  | { readonly kind: "none"; readonly short: string; readonly long: string };

interface Wanted {
  readonly eligible: (contact: Contact) => boolean;
  readonly reachable: (value: string) => boolean;
  readonly words: string;
}

/** The platform's rule for notices: the borrower's own valid contact, primary before secondary before additional. */
const WANTED: Partial<Record<Channel, Wanted>> = {
  email: {
    eligible: (contact) => contact.contactType === "email",
    // This is what an SMTP envelope can hold. Only the server knows whether the mailbox exists.
    reachable: (value) =>
      /^[^\s@<>(),;:"\\]+@[^\s@<>(),;:"\\]+$/.test(value) && value.length <= 254,
    words: "a valid email contact of the borrower's own (affiliation self, not archived)",
  },
  text: {
    eligible: (contact) =>
      contact.contactType === "phone" &&
      contact.label === "personal" &&
      contact.receiveTextMessages,
    reachable: (value) =>
      parsePhoneNumberFromString(value, { extract: false })?.isPossible() === true,
    words:
      "a valid personal phone of the borrower's own that receives text messages (affiliation self, label personal, not archived)",
  },
};

const byPreference = (one: Contact, other: Contact): number =>
  CONTACT_STATUSES.indexOf(one.status) - CONTACT_STATUSES.indexOf(other.status) ||
  one.id.localeCompare(other.id);

/** Chooses among a borrower's contacts for one channel. The first in order whose value can be reached is taken. */
export function chooseContact(channel: Channel, contacts: readonly Contact[]): Choice {
  const wanted = WANTED[channel];
  if (wanted === undefined)
    return {
      kind: "none",
      short: "Channel not carried",
      long: `No rule chooses a contact for ${channel}; send it by email or text.`,
    };
  const eligible = contacts
    .filter(
      (contact) => contact.affiliation === "self" && contact.valid && contact.status !== "archived",
    )
    .filter((contact) => wanted.eligible(contact))
    .toSorted(byPreference);
  if (eligible.length === 0)
    return {
      kind: "none",
      short: "No eligible contact",
      long: `The borrower has no contact for ${channel}: add ${wanted.words}.`,
    };
  const contact = eligible.find((one) => wanted.reachable(one.value ?? ""));
  if (contact) return { kind: "chosen", contact };
  const ids = eligible.map((one) => one.id).join(", ");
  return {
    kind: "none",
    short: "Contact unusable",
    long: `The value of contact ${ids} is not one ${channel} can be sent to: correct it.`,
  };
}
