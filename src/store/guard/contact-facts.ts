import type { GuardContact } from "../../domain/guard/facts.ts";
import { AFFILIATIONS } from "../../domain/guard/person-facts.ts";
import { readPhoneNumber } from "../../domain/values/phone-number.ts";
import { lastInboundFrom } from "./history.ts";
import type { InteractionRow } from "./interactions.ts";
import { instantIfKnown, instantOf, instantsOf, pick, withoutUnknown } from "./known-values.ts";
import type { ContactRow } from "./people.ts";

/** Writes a contact as a fact sheet has it. `inbound`: the inbound interactions of the borrower. */
export function contactOf(
  row: ContactRow,
  inbound: readonly InteractionRow[],
  country: string,
): object {
  const { disconnectionStatus } = row;
  return withoutUnknown({
    ...pick(row, SAME),
    value: valueOf(row, country),
    address: addressOf(row),
    affiliation: affiliationOf(row),
    disconnectionStatus: DISCONNECTION.has(disconnectionStatus ?? "") ? disconnectionStatus : null,
    rnd: reassignedOf(row),
    origin: originOf(row),
    ...instantsOf(pick(row, TIMES)),
    usedByBorrowerAt: instantIfKnown(row.usedByBorrowerAt ?? lastInboundFrom(row.id, inbound)),
  });
}

/** The columns that a fact sheet has as they are. */
const SAME = [
  "contactType",
  "label",
  "status",
  "valid",
  "verified",
  "lineType",
  "receiveTextMessages",
  "authorizedThirdParty",
  "powerOfAttorney",
  "onNationalDncList",
  "employerProvided",
] as const satisfies readonly (keyof ContactRow)[];
const TIMES = [
  "receiveTextMessagesLastConsentAt",
  "optedOutAt",
  "marketingOptedOutAt",
  "writtenMarketingConsentAt",
  "leakedToThirdPartyAt",
  "wrongPartySince",
  "electronicConsentAt",
] as const satisfies readonly (keyof ContactRow)[];

const DISCONNECTION: ReadonlySet<string> = new Set(["disconnected", "connected"]);

/**
 * A phone number in E.164. A number in use that cannot be read stays as it is, so that the sheet is refused: as missing
 * evidence of where the borrower is, it would widen the hours.
 */
export function valueOf({ contactType, value, valid }: ContactRow, country: string): string | null {
  if (contactType === "address" || value === null) return null;
  if (contactType !== "phone") return value;
  return readPhoneNumber(value, country) ?? (valid ? value : null);
}

/** Other words of a lender for the same persons. */
const SYNONYMS: Readonly<Record<string, GuardContact["affiliation"]>> = {
  administrator: "executor",
  personalrepresentative: "executor",
};

/** A word that is not known means a third person without rights. */
export function affiliationOf({ affiliation }: ContactRow): GuardContact["affiliation"] {
  const word = affiliation.toLowerCase().replaceAll(/[\s_-]/g, "");
  return AFFILIATIONS.find((known) => known === word) ?? SYNONYMS[word] ?? "other";
}

/** An address without a state of the US is no evidence of where the borrower is. */
export function addressOf({
  contactType,
  address,
  countyFips,
  timeZones,
}: ContactRow): object | null {
  if (contactType !== "address" || address === null) return null;
  const state = textOf(address["state"])?.toUpperCase();
  if (state === undefined || !/^[A-Z]{2}$/.test(state)) return null;
  return withoutUnknown({
    state,
    postalCode: textOf(address["postalCode"]),
    city: textOf(address["city"]),
    countyFips,
    zones: timeZones,
  });
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

function reassignedOf(row: ContactRow): object | null {
  const { reassignedNumberResult: result, reassignedNumberCheckedAt: checkedAt } = row;
  return checkedAt === null ? null : { result, checkedAt: instantOf(checkedAt) };
}

function originOf(row: ContactRow): object | null {
  const { origin: from, creditorNoticeSentOn, creditorOptOutBy, priorCollectors } = row;
  if (from === null) return null;
  return withoutUnknown({
    from,
    creditorNoticeSentAt: creditorNoticeSentOn,
    creditorOptOutBy,
    priorCollectors,
  });
}
