import type { Facts, GuardContact, GuardLoan, HistoryItem } from "../../domain/guard/facts.ts";
import type { Instant } from "../../domain/guard/moments.ts";
import { contact } from "../../domain/guard/person-facts.ts";
import { addressOf, affiliationOf, valueOf } from "./contact-facts.ts";
import { lastInboundFrom, NOT_CHOSEN } from "./history.ts";
import type { InteractionRow } from "./interactions.ts";
import type { Time } from "./known-values.ts";
import type { LoanRow } from "./loans.ts";
import type { BorrowerRow, ContactRow } from "./people.ts";
import type { Wishes } from "./wish-facts.ts";

// The facts of rows without a check of what the columns guarantee: their types and words. Each function returns undefined for a row
// that has anything else to check, and the schema then reads it and names its errors. The schema took a fifth of the CPU time of a
// notice. Members stand in the order of the schema, so that the hash of the facts does not depend on who read them.

/** The times that ISO 8601 writes with four digits of the year. pg returns an infinite time as a number. */
const [FIRST, LAST] = [Date.parse("0000-01-01T00:00:00Z"), Date.parse("9999-12-31T23:59:59.999Z")];

function instantOf(time: Time): Instant | undefined {
  const instant = time instanceof Date ? time.getTime() : Number.NaN;
  return instant >= FIRST && instant <= LAST ? instant : undefined;
}

/** True if no time is one that a fact sheet refuses. */
const areInstants = (...times: readonly (Time | null)[]): boolean =>
  times.every((time) => time === null || instantOf(time) !== undefined);

/** The member of a time that is known and can be read. */
function timed<Name extends string>(name: Name, time: Time | null): { [Each in Name]?: Instant } {
  const instant = time === null ? undefined : instantOf(time);
  return instant === undefined ? {} : ({ [name]: instant } as { [Each in Name]?: Instant });
}

/** True if every id is a text that is not empty. A list of the core system may have a null. */
const areIds = (ids: readonly (string | null)[]): boolean =>
  ids.every((id) => id !== "" && id !== null);

/** Reads an interaction of the history. */
export function plainItem(row: InteractionRow): HistoryItem | undefined {
  const { id, channel, direction, statusDetails, contactId, loanIds, theme, kind } = row;
  if (statusDetails === "" || contactId === "" || !areIds(loanIds)) return undefined;
  return {
    id,
    channel,
    direction: direction ?? "outbound",
    at: row.at,
    status: row.status,
    ...(statusDetails !== null && { statusDetails }),
    contactId: contactId ?? NOT_CHOSEN,
    loanIds,
    ...(theme !== null && { theme }),
    kind: kind ?? "ordinary",
    ...(row.replyToInboundId !== null && { replyToInboundId: row.replyToInboundId }),
    isPrerecorded: false,
  };
}

/** Reads a contact. `inbound`: the inbound interactions of the borrower. */
export function plainContact(
  row: ContactRow,
  inbound: readonly InteractionRow[],
  country: string,
): GuardContact | undefined {
  const value = valueOf(row, country);
  const address = plainAddress(row);
  const usedAt = row.usedByBorrowerAt ?? lastInboundFrom(row.id, inbound);
  if (value === "" || address === undefined || row.origin !== null) return undefined;
  if (!areInstants(...timesOf(row), usedAt)) return undefined;
  return {
    contactType: row.contactType,
    ...(value !== null && { value }),
    ...address,
    label: row.label ?? "personal",
    affiliation: affiliationOf(row),
    status: row.status,
    valid: row.valid,
    verified: row.verified,
    lineType: row.lineType ?? "unknown",
    receiveTextMessages: row.receiveTextMessages,
    ...timed("receiveTextMessagesLastConsentAt", row.receiveTextMessagesLastConsentAt),
    authorizedThirdParty: row.authorizedThirdParty,
    powerOfAttorney: row.powerOfAttorney,
    ...connectionOf(row),
    ...reassignedOf(row),
    ...timed("optedOutAt", row.optedOutAt),
    ...timed("marketingOptedOutAt", row.marketingOptedOutAt),
    ...timed("writtenMarketingConsentAt", row.writtenMarketingConsentAt),
    onNationalDncList: row.onNationalDncList ?? false,
    ...timed("leakedToThirdPartyAt", row.leakedToThirdPartyAt),
    ...timed("wrongPartySince", row.wrongPartySince),
    employerProvided: row.employerProvided ?? false,
    ...timed("electronicConsentAt", row.electronicConsentAt),
    ...timed("usedByBorrowerAt", usedAt),
  };
}

const timesOf = (row: ContactRow): (Time | null)[] => [
  row.receiveTextMessagesLastConsentAt,
  row.reassignedNumberCheckedAt,
  row.optedOutAt,
  row.marketingOptedOutAt,
  row.writtenMarketingConsentAt,
  row.leakedToThirdPartyAt,
  row.wrongPartySince,
  row.electronicConsentAt,
];

/** An address is free JSON, so the schema reads it. Undefined if it has errors. */
function plainAddress(row: ContactRow): Pick<GuardContact, "address"> | undefined {
  const written = addressOf(row);
  if (written === null) return {};
  const { success, data } = contact.shape.address.safeParse(written);
  return success ? { address: data } : undefined;
}

function reassignedOf(row: ContactRow): Pick<GuardContact, "rnd"> {
  const { reassignedNumberResult: result, reassignedNumberCheckedAt: checked } = row;
  const checkedAt = checked === null ? undefined : instantOf(checked);
  return result === null || checkedAt === undefined ? {} : { rnd: { result, checkedAt } };
}

const connectionOf = ({
  disconnectionStatus: status,
}: ContactRow): Pick<GuardContact, "disconnectionStatus"> =>
  status === "disconnected" || status === "connected" ? { disconnectionStatus: status } : {};

/** Reads the borrower's own facts. A zone or an attorney has more to check. */
export function plainBorrower(row: BorrowerRow): Facts["borrower"] | undefined {
  if (row.timeZoneReportedByBorrower === true && row.timeZone !== null) return undefined;
  if (row.attorneyKnownSince !== null) return undefined;
  return {
    collectionsIntensity: row.collectionsIntensity,
    isMinor: row.isMinor ?? false,
    establishedBusinessRelationship: row.establishedBusinessRelationship ?? true,
  };
}

/** Reads the preferences of a borrower who asked for nothing. */
export function plainPreferences(
  { commPreferences }: BorrowerRow,
  { doNotInteract, preferences }: Wishes,
): Facts["preferences"] | undefined {
  if (doNotInteract.length > 0 || preferences.length > 0) return undefined;
  return {
    inconvenientTimes: [],
    inconvenientPlaces: [],
    mediumRefusals: [],
    doNotInteract: [],
    sendRemindersWhenCurrent: commPreferences["sendRemindersWhenCurrent"] !== false,
  };
}

/** Reads the consents of a borrower who gave none. */
export const plainConsents = ({ consents }: Wishes): Facts["consents"] | undefined =>
  consents.length === 0 ? { calls: [] } : undefined;

/** Reads a loan. */
export function plainLoan(row: LoanRow): GuardLoan | undefined {
  const { initialCommunicationAt, stateNoticeMailedAt, negativeInfoFurnishedAt } = row;
  if (row.accountNumber === "" || row.validationPeriodEndsOn !== null) return undefined;
  if (!areInstants(initialCommunicationAt, stateNoticeMailedAt, negativeInfoFurnishedAt))
    return undefined;
  return {
    collectorRole: row.collectorRole ?? "creditor",
    status: row.status ?? "open",
    daysPastDue: row.daysPastDue ?? 0,
    productType: row.productType ?? "personal",
    ...(row.accountNumber !== null && { accountNumber: row.accountNumber }),
    ...(row.collateral !== null && { collateral: row.collateral }),
    accelerated: row.accelerated ?? false,
    statementsCeased: row.statementsCeased ?? false,
    suitTakenOrThreatened: row.suitTakenOrThreatened ?? false,
    timeBarred: row.timeBarred ?? false,
    contractedBeforeService: row.contractedBeforeService ?? false,
    ...timed("initialCommunicationAt", initialCommunicationAt),
    ...timed("stateNoticeMailedAt", stateNoticeMailedAt),
    ...timed("negativeInfoFurnishedAt", negativeInfoFurnishedAt),
  };
}
