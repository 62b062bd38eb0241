import { loan as loanFacts } from "../../domain/guard/loan-facts.ts";
import { AFFILIATIONS } from "../../domain/guard/person-facts.ts";
import type { GuardMoment, GuardQuestion } from "../../domain/guard/question.ts";
import { readPhoneNumber } from "../../domain/phone-number.ts";
import { historyOf, inboundOf, lastInboundFrom } from "./history.ts";
import type { InteractionRow } from "./interactions.ts";
import { instantIfKnown, withoutUnknown } from "./known-values.ts";
import type { LoanRow } from "./loans.ts";
import type { BorrowerRow, ContactRow } from "./people.ts";

/** Everything that was loaded about one borrower. */
export interface KnownAbout {
  readonly borrower: BorrowerRow;
  readonly contacts: readonly ContactRow[];
  readonly interactions: readonly InteractionRow[];
  /** Loans of the borrower, and those of the batch's messages. */
  readonly loans: ReadonlyMap<string, LoanRow>;
}

/** Writes the fact sheet of a question as JSON. `readFacts` checks it. */
export function sheetOf(question: GuardQuestion, about: KnownAbout, moment: GuardMoment): unknown {
  const { message, rendered } = question;
  const loanIds = new Set([...message.loanIds, ...loansIn(about.interactions)]);
  return withoutUnknown({
    message,
    borrower: borrowerOf(about.borrower),
    contacts: Object.fromEntries(
      about.contacts.map((row) => [row.id, contactOf(row, about, moment)]),
    ),
    loans: Object.fromEntries(
      [...loanIds].flatMap((id) => {
        const row = about.loans.get(id);
        return row === undefined ? [] : [[id, loanOf(row)]];
      }),
    ),
    preferences: preferencesOf(about.borrower),
    history: historyOf(question, about.interactions),
    inbound: inboundOf(about.interactions),
    rendered,
    lender: moment.lender,
  });
}

const loansIn = (interactions: readonly InteractionRow[]): readonly string[] =>
  interactions.flatMap(({ loanIds }) => loanIds);

const borrowerOf = ({ collectionsIntensity }: BorrowerRow): object => ({ collectionsIntensity });

function preferencesOf({ commPreferences }: BorrowerRow): object {
  const { sendRemindersWhenCurrent } = commPreferences;
  return typeof sendRemindersWhenCurrent === "boolean" ? { sendRemindersWhenCurrent } : {};
}

function contactOf(row: ContactRow, { interactions }: KnownAbout, moment: GuardMoment): object {
  const { id, borrowerId: _, disconnectionStatus, ...columns } = row;
  return withoutUnknown({
    ...columns,
    value: valueOf(row, moment.country),
    address: addressOf(row),
    affiliation: affiliationOf(row),
    disconnectionStatus: DISCONNECTION.has(disconnectionStatus ?? "")
      ? disconnectionStatus
      : undefined,
    receiveTextMessagesLastConsentAt: instantIfKnown(row.receiveTextMessagesLastConsentAt),
    usedByBorrowerAt: instantIfKnown(lastInboundFrom(id, interactions)),
  });
}

const DISCONNECTION: ReadonlySet<string> = new Set(["disconnected", "connected"]);

/**
 * A phone number in E.164. A number in use that cannot be read stays as it is, so that the sheet is refused: as missing
 * evidence of where the borrower is, it would widen the hours.
 */
function valueOf({ contactType, value, valid }: ContactRow, country: string): string | null {
  if (contactType === "address" || value === null) return null;
  if (contactType !== "phone") return value;
  return readPhoneNumber(value, country) ?? (valid ? value : null);
}

/** Other words of a lender for the same persons. A word that is not known means a third person without rights. */
const SYNONYMS: Readonly<Record<string, string>> = {
  administrator: "executor",
  personalrepresentative: "executor",
};
function affiliationOf({ affiliation }: ContactRow): string {
  const word = affiliation.toLowerCase().replaceAll(/[\s_-]/g, "");
  return AFFILIATIONS.find((known) => known === word) ?? SYNONYMS[word] ?? "other";
}

/** An address without a state of the US is no evidence of where the borrower is. */
function addressOf({ contactType, address }: ContactRow): object | null {
  if (contactType !== "address" || address === null) return null;
  const state = textOf(address["state"])?.toUpperCase();
  if (state === undefined || !/^[A-Z]{2}$/.test(state)) return null;
  return withoutUnknown({
    state,
    postalCode: textOf(address["postalCode"]),
    city: textOf(address["city"]),
  });
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

/** Members of the core system's free JSON count if they fit the fact of their name. */
function loanOf({ data }: LoanRow): object {
  const known = Object.entries(loanFacts.shape).filter(
    ([name, schema]) => data[name] !== undefined && schema.safeParse(data[name]).success,
  );
  return Object.fromEntries(known.map(([name]) => [name, data[name]]));
}
