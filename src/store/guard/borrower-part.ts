import {
  type BorrowerPart,
  type Part,
  partOf,
  readBorrowerPart,
  readContactPart,
  readMember,
} from "../../domain/guard/fact-parts.ts";
import type { FactsInput, GuardContact, ValidationNotice } from "../../domain/guard/facts.ts";
import { caseOf } from "./case-facts.ts";
import type { CaseRow } from "./cases.ts";
import { contactOf } from "./contact-facts.ts";
import { inboundOf, isInbound } from "./history.ts";
import type { InteractionRow } from "./interactions.ts";
import { instantOf, instantsOf, pick, withoutUnknown } from "./known-values.ts";
import type { LoanRow } from "./loans.ts";
import type { BorrowerRow, ContactRow } from "./people.ts";
import { plainBorrower, plainConsents, plainContact, plainPreferences } from "./plain-facts.ts";
import { consentsOf, preferencesOf, type Wishes } from "./wish-facts.ts";

/** Everything that was loaded about one borrower. */
export interface KnownAbout {
  readonly borrower: BorrowerRow;
  readonly contacts: readonly ContactRow[];
  readonly interactions: readonly InteractionRow[];
  readonly cases: readonly CaseRow[];
  readonly wishes: Wishes;
  /** Loans of the borrower, and those of the batch's messages. */
  readonly loans: ReadonlyMap<string, LoanRow>;
  readonly validationNotices: readonly ValidationNotice[];
}

/** Everything that all borrowers of a batch have in common. */
export interface SharedByBatch {
  /** The lender's country, for phone numbers without one (ISO 3166-1, such as US). */
  readonly country: string;
  readonly lender: NonNullable<FactsInput["lender"]>;
}

/**
 * Reads the part of a fact sheet that is the same for all messages to a borrower. Each member is built from its rows where the columns
 * guarantee its form. If any member has errors the schema reads them all, so that every error is named.
 */
export function borrowerPartOf(about: KnownAbout, shared: SharedByBatch): Part<BorrowerPart> {
  const plain = plainPartOf(about, shared);
  return plain === undefined ? readBorrowerPart(sheetOf(about, shared)) : partOf(plain);
}

function plainPartOf(
  about: KnownAbout,
  { country, lender }: SharedByBatch,
): BorrowerPart | undefined {
  const { cases, wishes } = about;
  const inbound = about.interactions.filter(isInbound);
  const part = {
    borrower: plainBorrower(about.borrower) ?? readMember("borrower", borrowerOf(about.borrower)),
    contacts: contactsOf(about.contacts, inbound, country),
    cases: cases.length === 0 ? [] : readMember("cases", cases.map(caseOf)),
    preferences:
      plainPreferences(about.borrower, wishes) ??
      readMember("preferences", preferencesOf(about.borrower, wishes)),
    consents: plainConsents(wishes) ?? readMember("consents", consentsOf(wishes)),
    inbound: inbound.length === 0 ? [] : readMember("inbound", inboundOf(inbound)),
    lender: lenderOf(lender),
  };
  return isWhole(part) ? part : undefined;
}

type Incomplete = { readonly [Name in keyof BorrowerPart]: BorrowerPart[Name] | undefined };

const isWhole = (part: Incomplete): part is BorrowerPart =>
  !Object.values(part).includes(undefined);

/** Undefined if one of them has errors. */
function contactsOf(
  rows: readonly ContactRow[],
  inbound: readonly InteractionRow[],
  country: string,
): BorrowerPart["contacts"] | undefined {
  const contacts: [string, GuardContact][] = [];
  for (const row of rows) {
    const plain = plainContact(row, inbound, country);
    const read = plain ?? readContactPart(contactOf(row, inbound, country)).value;
    if (read === null) return undefined;
    contacts.push([row.id, read]);
  }
  return Object.fromEntries(contacts);
}

/** All borrowers of a batch have the same lender, so it is read once. */
const lenders = new WeakMap<object, BorrowerPart["lender"]>();

function lenderOf(written: SharedByBatch["lender"]): BorrowerPart["lender"] | undefined {
  const known = lenders.get(written);
  if (known !== undefined) return known;
  const read = readMember("lender", written);
  if (read !== undefined) lenders.set(written, read);
  return read;
}

function sheetOf(about: KnownAbout, { country, lender }: SharedByBatch): object {
  const { borrower, contacts, wishes, cases } = about;
  const inbound = about.interactions.filter(isInbound);
  return withoutUnknown({
    borrower: borrowerOf(borrower),
    contacts: Object.fromEntries(contacts.map((row) => [row.id, contactOf(row, inbound, country)])),
    cases: cases.map(caseOf),
    preferences: preferencesOf(borrower, wishes),
    consents: consentsOf(wishes),
    inbound: inboundOf(inbound),
    lender,
  });
}

/** A zone counts as evidence only if the borrower reported it. */
function borrowerOf(row: BorrowerRow): object {
  return withoutUnknown({
    ...pick(row, ["collectionsIntensity", "isMinor", "establishedBusinessRelationship"]),
    toldTimeZone: row.timeZoneReportedByBorrower === true ? row.timeZone : null,
    attorney: attorneyOf(row),
  });
}

function attorneyOf(row: BorrowerRow): object | null {
  const { attorneyKnownSince, attorneyContactId: contactId } = row;
  if (attorneyKnownSince === null) return null;
  return withoutUnknown({
    contactId,
    knownSince: instantOf(attorneyKnownSince),
    ...instantsOf({
      unresponsiveSince: row.attorneyUnresponsiveSince,
      consentedAt: row.attorneyConsentedAt,
    }),
  });
}
