import fc from "fast-check";
import { expect, test } from "vitest";
import {
  readContactPart,
  readHistoryPart,
  readLoanPart,
} from "../../../src/domain/guard/fact-parts.ts";
import {
  CHANNELS,
  CONTACT_LABELS,
  CONTACT_ORIGINS,
  CONTACT_STATUSES,
  CONTACT_TYPES,
  DIRECTIONS,
  INTERACTION_STATUSES,
  LINE_TYPES,
  LOAN_STATUSES,
  MESSAGE_KINDS,
  PRODUCT_TYPES,
  REASSIGNED_NUMBER_RESULTS,
  THEMES,
} from "../../../src/domain/vocabulary.ts";
import { contactOf } from "../../../src/store/guard/contact-facts.ts";
import { loanOf } from "../../../src/store/guard/fact-sheet.ts";
import { itemOf } from "../../../src/store/guard/history.ts";
import type { InteractionRow } from "../../../src/store/guard/interactions.ts";
import type { LoanRow } from "../../../src/store/guard/loans.ts";
import type { ContactRow } from "../../../src/store/guard/people.ts";
import { plainContact, plainItem, plainLoan } from "../../../src/store/guard/plain-facts.ts";

// A row that is built without the schema has the same facts, in the same order, as the schema reads from it.

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const oneOf = <Word extends string>(words: readonly Word[]) => fc.constantFrom(...words);
/** Mostly one of the first, so that most rows need no schema. */
const mostly = <Value>(usual: fc.Arbitrary<Value>, rare: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: rare });
const id = mostly(fc.constantFrom("CT-1", "LN-1"), fc.constant(""));
const flag = fc.boolean();
const time = mostly<Date | number>(
  fc.date({ min: new Date("1970-01-01"), max: new Date("2035-01-01"), noInvalidDate: true }),
  fc.constantFrom(Infinity, -Infinity, new Date("+012026-01-01T00:00:00Z")),
);
const onDay = mostly<string | null>(fc.constant(null), fc.constantFrom("2026-11-20", "infinity"));

const interactions: fc.Arbitrary<InteractionRow> = fc.record({
  id: fc.constantFrom("1", "2") as fc.Arbitrary<never>,
  borrowerId: fc.constant("BO-1") as fc.Arbitrary<never>,
  origin: oneOf(["tidings", "logged"] as const),
  channel: oneOf(CHANNELS),
  direction: maybe(oneOf(DIRECTIONS)),
  status: oneOf(INTERACTION_STATUSES),
  statusDetails: maybe(mostly(fc.constant("emailSent"), fc.constant(""))),
  contactId: maybe(id),
  loanIds: mostly<readonly string[]>(
    fc.uniqueArray(fc.constantFrom("LN-1", "LN-2")),
    fc.constantFrom<readonly string[]>([""], [null as unknown as string]),
  ),
  theme: maybe(oneOf(THEMES)),
  kind: maybe(oneOf(MESSAGE_KINDS)),
  at: fc.integer({ min: 0, max: 2e12 }),
  replyToInboundId: maybe(fc.constant("7")) as fc.Arbitrary<never>,
  reading: fc.constant(null),
  providerReplied: fc.constant(null),
  words: fc.constant(null),
});

const address = fc.record(
  {
    state: fc.constantFrom<unknown>("OH", "oh", "Rhône", "", 7),
    postalCode: fc.constantFrom<unknown>("43215", "", 43_215),
    city: fc.constantFrom<unknown>("Columbus", ""),
  },
  { requiredKeys: [] },
);

const unchecked: fc.Arbitrary<ContactRow> = fc.record({
  id: fc.constantFrom("CT-1", "CT-2"),
  borrowerId: fc.constant("BO-1") as fc.Arbitrary<never>,
  contactType: oneOf(CONTACT_TYPES),
  value: maybe(fc.constantFrom("", "+16145550107", "(614) 555-0107", "12", "pat@example.com")),
  address: maybe(address),
  countyFips: maybe(fc.constantFrom("39049")),
  timeZones: maybe(
    fc.array(fc.constantFrom("America/Chicago", "America/Atlantis", "EST"), { maxLength: 2 }),
  ),
  label: maybe(oneOf(CONTACT_LABELS)),
  affiliation: fc.constantFrom("self", "Personal Representative", "Mother-in-law", ""),
  status: oneOf(CONTACT_STATUSES),
  valid: flag,
  verified: flag,
  lineType: maybe(oneOf(LINE_TYPES)),
  receiveTextMessages: flag,
  receiveTextMessagesLastConsentAt: maybe(time),
  authorizedThirdParty: flag,
  powerOfAttorney: flag,
  disconnectionStatus: maybe(fc.constantFrom("connected", "disconnected", "unknown", "")),
  reassignedNumberResult: fc.constant(null),
  reassignedNumberCheckedAt: fc.constant(null),
  optedOutAt: maybe(time),
  marketingOptedOutAt: maybe(time),
  writtenMarketingConsentAt: maybe(time),
  onNationalDncList: maybe(flag),
  leakedToThirdPartyAt: maybe(time),
  wrongPartySince: maybe(time),
  employerProvided: maybe(flag),
  electronicConsentAt: maybe(time),
  usedByBorrowerAt: maybe(time),
  origin: mostly<ContactRow["origin"]>(fc.constant(null), oneOf(CONTACT_ORIGINS)),
  creditorNoticeSentOn: onDay,
  creditorOptOutBy: onDay,
  priorCollectors: fc.constant(null),
});

/** A constraint keeps the result and the time of a query of the Reassigned Numbers Database together. */
const contacts = fc
  .tuple(unchecked, maybe(fc.tuple(oneOf(REASSIGNED_NUMBER_RESULTS), time)))
  .map(([row, asked]): ContactRow => {
    const [reassignedNumberResult, reassignedNumberCheckedAt] = asked ?? [null, null];
    return { ...row, reassignedNumberResult, reassignedNumberCheckedAt };
  });

const loans: fc.Arbitrary<LoanRow> = fc.record({
  id: fc.constant("LN-1") as fc.Arbitrary<never>,
  collectorRole: maybe(oneOf(["creditor", "debtCollector"] as const)),
  status: maybe(oneOf(LOAN_STATUSES)),
  daysPastDue: maybe(fc.nat()),
  productType: maybe(oneOf(PRODUCT_TYPES)),
  accountNumber: maybe(mostly(fc.constant("A-1"), fc.constant(""))),
  collateral: fc.constant(null),
  accelerated: maybe(flag),
  statementsCeased: maybe(flag),
  suitTakenOrThreatened: maybe(flag),
  timeBarred: maybe(flag),
  contractedBeforeService: maybe(flag),
  initialCommunicationAt: maybe(time),
  validationPeriodEndsOn: onDay,
  stateNoticeMailedAt: maybe(time),
  negativeInfoFurnishedAt: maybe(time),
});

/** Both have the same facts, or the schema reads the row. Counts the rows that need no schema. */
function expectSame(plain: object | undefined, read: object | null): number {
  if (plain === undefined) return 0;
  expect(JSON.stringify(plain)).toBe(JSON.stringify(read));
  return 1;
}

test("an interaction", () => {
  let plain = 0;
  fc.assert(
    fc.property(interactions, (row) => {
      plain += expectSame(plainItem(row), readHistoryPart(itemOf(row)).value);
    }),
    { numRuns: 1_000 },
  );
  expect(plain).toBeGreaterThan(100);
});

test("a contact, with what the borrower has written from it", () => {
  let plain = 0;
  fc.assert(
    fc.property(contacts, fc.array(interactions, { maxLength: 2 }), (row, history) => {
      const inbound = history.filter(({ direction }) => direction === "inbound");
      const read = readContactPart(contactOf(row, inbound, "US")).value;
      plain += expectSame(plainContact(row, inbound, "US"), read);
    }),
    { numRuns: 2_000 },
  );
  expect(plain).toBeGreaterThan(100);
});

test("a loan", () => {
  let plain = 0;
  fc.assert(
    fc.property(loans, (row) => {
      plain += expectSame(plainLoan(row), readLoanPart(loanOf(row)).value);
    }),
    { numRuns: 1_000 },
  );
  expect(plain).toBeGreaterThan(100);
});
