import { type GuardFact, rulesWithout } from "../../domain/guard/fact-gaps.ts";
import { chooseContact } from "../../decide/deliver/choose-contact.ts";
import { rulesOf } from "../../decide/deliver/channels/table.ts";
import {
  type Addressee,
  type ContactValue,
  type DataGap,
  findGap,
  type Found,
  listAddressees,
  listContactValues,
} from "../../store/operate/data-readiness.ts";
import { findFactGaps } from "../../store/guard/fact-gaps.ts";
import type { Db } from "../../store/postgres/db.ts";
import { counted } from "../cli/layout.ts";
import type { CheckResult } from "./result.ts";

interface Finding {
  readonly result: "warning" | "failed";
  readonly noun: string;
  /** The error and its correction, as the words after the count and the noun. */
  readonly what: string;
}

const GAPS: Readonly<Record<DataGap, Finding>> = {
  caseTypesWithoutType: {
    result: "warning",
    noun: "case type",
    what: "without an active notification type: its changes cause no notice. Link one in case_type_notification_types.",
  },
  typesWithoutTemplate: {
    result: "failed",
    noun: "active notification type",
    what: "whose template has no published version: its notices fail. Publish the template with `tidings templates publish`.",
  },
  languagesWithoutTemplate: {
    result: "warning",
    noun: "notification type and language",
    what: "without a template: borrowers with that language get the notice in another one. Publish a template of the family in it.",
  },
  unknownLoans: {
    result: "failed",
    noun: "loan",
    what: "that a scheduled notice names and that is not stored: a template that shows the loan fails. Insert the loan.",
  },
  phonesWithoutLabel: {
    result: "warning",
    noun: "phone",
    what: "that receives text messages and has no label: no text goes to it. Set label to personal if it is the borrower's own.",
  },
};

const VALUES: Finding = {
  result: "failed",
  noun: "contact",
  what: "with a value that nothing can be sent to. Write a phone number with its country, such as +1 614 555 0107, or an email address.",
};
const ADDRESSEES: Finding = {
  result: "failed",
  noun: "borrower",
  what: "with a scheduled notice and no contact to send it to.",
};

const BATCH = 2_000;
const MOST_EXAMPLES = 5;

/** Finds the values that would only fail when a notice is due. It reads every contact in use once. */
export async function checkData(db: Db, homeCountry: string): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [gap, finding] of Object.entries(GAPS))
    results.push(resultOf(gap, finding, await findGap(db, gap as DataGap)));
  results.push(resultOf("unusableValues", VALUES, await findUnusable(db, homeCountry)));
  results.push(
    resultOf("borrowersWithoutContact", ADDRESSEES, await findUnreachable(db, homeCountry)),
  );
  results.push(guardFacts(await findFactGaps(db)));
  return results;
}

/** Reports the rules of the guard whose facts no row has. */
function guardFacts(missing: readonly GuardFact[]): CheckResult {
  const rules = rulesWithout(missing);
  const check = "guardFacts";
  if (missing.length === 0)
    return { check, result: "ok", sentence: "Every rule of the guard has facts.", examples: [] };
  const sentence = `No row has a value for ${counted(missing.length, "fact")} of the compliance guard, so these rules cannot work, or only in part: ${rules.join(", ")}. Write the facts (docs/guard-facts.md), or switch the rules off. Missing: ${missing.join("; ")}.`;
  return { check, result: "warning", sentence, examples: missing.slice(0, MOST_EXAMPLES) };
}

function resultOf(check: string, finding: Finding, { count, examples }: Found): CheckResult {
  if (count === 0)
    return {
      check,
      result: "ok",
      sentence: `There is no ${finding.noun} ${finding.what.split(/[:.]/)[0]}.`,
      examples,
    };
  const sentence = `${counted(count, finding.noun)} ${finding.what} For example: ${examples.join("; ")}.`;
  return { check, result: finding.result, sentence, examples };
}

/** Collects what is found: all of it is counted, and the first are examples. */
interface Tally {
  add(example: () => string): void;
  readonly found: () => Found;
}

function createTally(): Tally {
  const examples: string[] = [];
  let count = 0;
  return {
    add(example) {
      count += 1;
      if (examples.length < MOST_EXAMPLES) examples.push(example());
    },
    found: () => ({ count, examples }),
  };
}

async function findUnusable(db: Db, homeCountry: string): Promise<Found> {
  const tally = createTally();
  let after: string | undefined = "";
  while (after !== undefined) {
    const contacts: ContactValue[] = await listContactValues(db, after, BATCH);
    for (const one of contacts.filter((contact) => !isUsable(contact, homeCountry)))
      tally.add(() => one.id);
    after = contacts.at(-1)?.id;
  }
  return tally.found();
}

const isUsable = ({ contactType, value }: ContactValue, homeCountry: string): boolean =>
  rulesOf(contactType === "phone" ? "text" : "email")?.recipientOf(value, homeCountry) !== null;

/** The examples have the contacts that were passed over, and why. */
async function findUnreachable(db: Db, homeCountry: string): Promise<Found> {
  const tally = createTally();
  let addressees = await listAddressees(db, undefined, BATCH);
  while (addressees.length > 0) {
    for (const one of addressees) addUnreachable(tally, one, homeCountry);
    addressees = await listAddressees(db, addressees.at(-1), BATCH);
  }
  return tally.found();
}

function addUnreachable(
  tally: Tally,
  { borrowerId, channel, contacts }: Addressee,
  homeCountry: string,
): void {
  const choice = chooseContact(channel, contacts, homeCountry);
  if (choice.kind === "none")
    tally.add(() => `borrower ${borrowerId} by ${channel}: ${choice.long.replace(/\.$/, "")}`);
}
