import type {
  Consent,
  Facts,
  GuardCase,
  GuardContact,
  GuardLoan,
  HistoryItem,
} from "../../../domain/guard/facts.ts";
import type { Instant } from "../../../domain/guard/moments.ts";

/**
 * Returns the facts as they were known at an instant. Everything with a later date is removed: a member, an item of a
 * list, or a whole case. A future end date stays, and so does a planned interaction in the history.
 */
export function knownAt(facts: Facts, now: Instant): Facts {
  const { borrower, contacts, loans, preferences, consents } = facts;
  return {
    ...facts,
    borrower: knownBorrower(borrower, now),
    contacts: mapValues(contacts, (contact) => knownContact(contact, now)),
    loans: mapValues(loans, (loan) => without(loan, LOAN_INSTANTS, now)),
    cases: knownItems(facts.cases, (one) => knownCase(one, now)),
    preferences: {
      ...preferences,
      mediumRefusals: preferences.mediumRefusals.filter(({ at }) => at <= now),
    },
    consents: {
      electronicComms: begun(consents.electronicComms, now),
      esign: begun(consents.esign, now),
      autodialedCalls: begun(consents.autodialedCalls, now),
      contactPersonWork: begun(consents.contactPersonWork, now),
      contactPersonUnusualTime: begun(consents.contactPersonUnusualTime, now),
      contactPersonRepByAttorney: begun(consents.contactPersonRepByAttorney, now),
      calls: consents.calls.filter(({ givenAt }) => givenAt <= now),
    },
    history: facts.history.filter((item) => item.at <= now || isReserved(item)),
    inbound: facts.inbound.filter(({ receivedAt }) => receivedAt <= now),
  };
}

/** True for an interaction that is planned or in progress. It counts before it takes place. */
export function isReserved({ status }: HistoryItem): boolean {
  return status === "scheduled" || status === "inProgress";
}

const CONTACT_INSTANTS = [
  "receiveTextMessagesLastConsentAt",
  "optedOutAt",
  "marketingOptedOutAt",
  "writtenMarketingConsentAt",
  "leakedToThirdPartyAt",
  "wrongPartySince",
  "electronicConsentAt",
  "usedByBorrowerAt",
] as const satisfies readonly (keyof GuardContact)[];
const LOAN_INSTANTS = [
  "initialCommunicationAt",
  "stateNoticeMailedAt",
  "negativeInfoFurnishedAt",
] as const satisfies readonly (keyof GuardLoan)[];
const BANKRUPTCY_INSTANTS = [
  "dismissedAt",
  "dischargedAt",
  "stayEndedAt",
  "coDebtorReliefAt",
] as const;

/** Returns the object itself if nothing in it is later than `now`. */
function without<Whole extends object>(
  whole: Whole,
  names: readonly (keyof Whole)[],
  now: Instant,
): Whole {
  const later = names.filter((name) => isLater(whole[name], now));
  if (later.length === 0) return whole;
  const known = { ...whole };
  for (const name of later) delete known[name];
  return known;
}

const isLater = (value: unknown, now: Instant): boolean => typeof value === "number" && value > now;

/** Returns the record itself if the map changes nothing. */
function mapValues<Value>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Value,
): Readonly<Record<string, Value>> {
  const changed = Object.entries(record)
    .map(([key, value]) => [key, value, map(value)] as const)
    .filter(([, value, mapped]) => mapped !== value)
    .map(([key, , mapped]) => [key, mapped] as const);
  return changed.length === 0 ? record : { ...record, ...Object.fromEntries(changed) };
}

function knownItems<Item>(
  items: readonly Item[],
  known: (item: Item) => Item | undefined,
): readonly Item[] {
  return items.flatMap((item) => known(item) ?? []);
}

function knownBorrower(borrower: Facts["borrower"], now: Instant): Facts["borrower"] {
  const { attorney, ...others } = borrower;
  if (attorney === undefined) return borrower;
  if (attorney.knownSince > now) return others;
  const known = without(attorney, ["unresponsiveSince", "consentedAt"], now);
  return { ...others, attorney: known };
}

function knownContact(contact: GuardContact, now: Instant): GuardContact {
  const known = without(contact, CONTACT_INSTANTS, now);
  if (known.rnd === undefined || known.rnd.checkedAt <= now) return known;
  const { rnd: _, ...others } = known;
  return others;
}

function begun(consent: Consent | undefined, now: Instant): Consent | undefined {
  return consent?.from !== undefined && consent.from > now ? undefined : consent;
}

function knownCase(one: GuardCase, now: Instant): GuardCase | undefined {
  if (one.fields === undefined) return one;
  switch (one.caseType) {
    case "bankruptcy":
      if (one.fields.filedAt > now) return undefined;
      return { ...one, fields: without(one.fields, BANKRUPTCY_INSTANTS, now) };
    case "ceaseCommunication":
      return one.fields.receivedAt > now ? undefined : one;
    case "disputeOfDebt":
      if (one.fields.receivedAt > now) return undefined;
      return { ...one, fields: without(one.fields, ["verificationSentAt"], now) };
    case "debtValidation":
      if (one.fields.originalCreditorRequestedAt > now) return undefined;
      return { ...one, fields: without(one.fields, ["answeredAt"], now) };
    case "deceased":
    case "identityTheft":
    case "militaryDuty":
      return one;
  }
}
