import type { Contact } from "../../domain/deliver/contact.ts";
import { rulesOf } from "./channels/table.ts";
import { CONTACT_STATUSES, type Channel } from "../../domain/vocabulary.ts";

/** The chosen contact, or the reason why there is none. */
export type Choice =
  | {
      readonly kind: "chosen";
      readonly contact: Contact;
      /** The address or number of the recipient, in the form that providers accept. */
      readonly to: string;
    }
  | { readonly kind: "none"; readonly short: string; readonly long: string };

const byPreference = (one: Contact, other: Contact): number =>
  CONTACT_STATUSES.indexOf(one.status) - CONTACT_STATUSES.indexOf(other.status) ||
  one.id.localeCompare(other.id);

/**
 * Chooses among a borrower's contacts for one channel, by the platform's rule for notices: the borrower's own valid
 * contact, primary before secondary before additional. The first of them with a usable value is chosen.
 */
export function chooseContact(
  channel: Channel,
  contacts: readonly Contact[],
  homeCountry: string,
): Choice {
  const rules = rulesOf(channel);
  if (rules === undefined)
    return {
      kind: "none",
      short: "Channel not carried",
      long: `No rule chooses a contact for ${channel}; send it by email or text.`,
    };
  const eligible = contacts
    .filter(
      (contact) => contact.affiliation === "self" && contact.valid && contact.status !== "archived",
    )
    .filter((contact) => rules.isEligible(contact))
    .toSorted(byPreference);
  if (eligible.length === 0)
    return {
      kind: "none",
      short: "No eligible contact",
      long: `The borrower has no contact for ${channel}: add ${rules.wantedContact}.`,
    };
  for (const contact of eligible) {
    const to = rules.recipientOf(contact.value ?? "", homeCountry);
    if (to !== null) return { kind: "chosen", contact, to };
  }
  const ids = eligible.map((one) => one.id).join(", ");
  return {
    kind: "none",
    short: "Contact unusable",
    long: `Contact ${ids} has no value that ${channel} can be sent to. Write ${rules.form}.`,
  };
}
