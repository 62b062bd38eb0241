import { RULES } from "../../decide/guard/catalogue.ts";
import type { Policy } from "../../decide/guard/policy/policy.ts";
import { type Group, GROUPS, numberOf, type Rule } from "../../decide/guard/rules/rule.ts";
import type { PolicyEntry } from "../../domain/guard/policy.ts";
import { aligned } from "../cli/layout.ts";
import { boundWords, daysInForce, entryWords } from "./parameters.ts";
import type { ShownPolicy } from "./policy.ts";
import { entriesOfRule, roleOf, ruleJson, stateOf } from "./rule-page.ts";

/** Lists all rules, one per line. */
export function rulesList(shown: ShownPolicy, asJson: boolean): string {
  if (asJson) return JSON.stringify(RULES.map((rule) => ruleJson(rule, shown)));
  const rows = RULES.map((rule) => [
    String(numberOf(rule.id)).padStart(2),
    rule.id,
    stateOf(rule, shown),
    rule.short,
    placesOf(rule, shown.policy),
    changedBy(rule, shown),
    rule.citation,
  ]);
  const titles = ["no", "rule", "", "stops", "parameters", "changed", "source"];
  return aligned([titles, ...rows]).join("\n");
}

/** The places for which a rule has parameters, such as `US, MA`. */
function placesOf(rule: Rule, policy: Policy): string {
  const places = entriesOfRule(policy, rule).map(({ jurisdiction }) => jurisdiction);
  return [...new Set(places)].join(", ");
}

/** The author and the moment of the last change of the rule or of one of its entries. */
function changedBy({ id }: Rule, { changes, showMoment }: ShownPolicy): string {
  const last = changes
    .filter(({ ruleId }) => ruleId === id)
    .toSorted((one, other) => other.version - one.version)[0];
  return last === undefined ? "" : `${last.changedBy}, ${showMoment(last.changedAt)}`;
}

const INTRODUCTION = `# Rules of the guard

<!-- Written by \`tidings rules --markdown\`; a test compares the two. -->

The guard judges one message by these rules. It is a pure function over one [fact sheet](fact-sheet.md). The daemon judges each message before it is sent, and \`tidings judge\` judges one fact sheet. \`tidings rules\` lists the rules and \`tidings rules show ID\` explains
one. Each rule is one function in \`src/decide/guard/rules/\`. The parameters and the law of states and cities are data, in \`src/decide/guard/data/\`. They need the
signature of counsel. [policy.md](policy.md) shows how a lender changes them.

**Certainty**: \`primary\` was read in the law or the provider's own text, \`secondary\` in a summary of it, \`policy\` is our choice, \`unverified\` is to be confirmed. Where
a rule has several, the first belongs to its core.

## How results combine

1. Every rule is evaluated. Any refusal: refuse. Else any hold: hold. Else any redirect: redirect, and the new target is judged from the beginning. Else any wait: wait until
   the latest instant and judge again for that instant, until the instant stays the same. A wait of more than 14 days, or past the latest time of the message, is refused by \`cg.stale\`. Else
   allow, with everything the rules require.
2. The rule that decides is the one with the lowest number among those of the winning outcome; among waits the one with the latest instant, and among equal instants the lowest number. On
   allow it is the exception that lifted another rule, if any.
3. An exception lifts the rules it names, and no others.
4. A fact dated after \`now\` is not known. Planned interactions are counted too.
5. Days are counted in local dates. With several zones the rule is evaluated for each, and it stops the message if it does so in any of them.

## Content class

| class | themes |
| --- | --- |
| \`coll\` | opsCollDebt; any message that asks for money on a loan past due |
| \`locate\` | opsCollLocateBorrower, opsCollVerifyEmployment |
| \`employer\` | opsCollContactEmployerNotice |
| \`notice\` | opsLoanValidationOfDebtNotice, opsServicingDebtValidation, opsServicingVerificationOfDebt, opsLoanTimeBarredNotice, opsServicingTimeBarredNotice, opsServicingNegativeCreditReportNotice |
| \`noticeByCollector\` | the same, where we collect one of the loans for another |
| \`serv\` | opsServicing |
| \`security\` | opsAccountCredentials |
| \`mkt\` | any, with isTransactional = false, in addition to the class of its theme |
| \`inb\` | inb* |
| \`coll*\` | coll, locate, employer and noticeByCollector, where Regulation F applies: to a debt collector, by switches.regF, or because a state says so |`;

const REQUIREMENTS = `## Requirements

The message must satisfy these once it is rendered. Before that they are in \`requires\`; afterwards a message without one is refused by its rule.

| token | rule | satisfied by (rendered) |
| --- | --- | --- |
| \`opt-out-notice\` | content.optoutnotice | optOutMethods has replyStop or link |
| \`mini-miranda-initial\`, \`mini-miranda-subsequent\` | content.minimiranda | miniMiranda; the initial statement satisfies both |
| \`validation-model\` | content.validation | modelForm = validationB1, itemizationMissing empty |
| \`subject-line\` | content.subjectline | subjectIdentifiesDebt, namesSender |
| \`timebarred-disclosure\` | timebarred.threat | timeBarredDisclosure, where state or city law wants it |
| \`negreport-model-B1\`, \`negreport-model-B2\` | negreport.timing | modelForm |
| \`bk-disclaimer\`, \`no-demand\` | bk.stay | bankruptcyDisclaimer; demandsPayment = false |
| \`no-debt-mention\` | locate.content, party.thirdparty | mentionsDebt = false; a letter in a plain envelope |
| \`limited-content\` | voice.voicemail | voicemail = limitedContent, or none |
| \`plain-envelope\` | mail.envelope | mailProduct = letter, plainEnvelope |
| \`canspam\` | content.canspam | postalAddress, adLabel, optOutMethods has replyStop or link |
| \`one-click-headers\` | email.headers | listUnsubscribe with https, listUnsubscribePost |
| \`sms-content\` | sms.content | characters, namesSender |
| \`only-confirmation\` | optout.confirm | onlyConfirmsOptOut |`;

/** Writes the page docs/rules.md. */
export function rulesMarkdown(policy: Policy): string {
  const groups = Object.keys(GROUPS) as Group[];
  return [
    INTRODUCTION,
    REQUIREMENTS,
    ...groups.map((group) => groupSection(group)),
    parameterSection(policy),
  ].join("\n\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;

function groupSection(group: Group): string {
  const rules = RULES.filter((rule) => rule.group === group);
  return [
    `## ${group}. ${GROUPS[group]}`,
    ...rules.map((rule) =>
      [
        `### ${numberOf(rule.id)}. \`${rule.id}\``,
        "",
        rule.statement,
        "",
        row("", ""),
        "| --- | --- |",
        row("applies to", rule.appliesTo),
        row("condition", rule.condition),
        row("source", rule.citation),
        row("certainty", rule.certainty.join(", ")),
        row("looks at", rule.inputs.join(", ")),
        row("role", roleOf(rule)),
        ...(rule.lifts === undefined ? [] : [row("lifts", rule.lifts.join(", "))]),
      ].join("\n"),
    ),
  ].join("\n\n");
}

function parameterSection({ entries }: Policy): string {
  const places = [...new Set(entries.map(({ jurisdiction }) => jurisdiction))];
  return [
    "## Parameters and the law of states and cities",
    "A lender's entry with the id of one of these replaces it; one with another id is added. The narrowest hours and the smallest cap win (12 CFR 1006.104).",
    ...places.map((place) => placeTable(place, entries)),
  ].join("\n\n");
}

function placeTable(place: string, entries: readonly PolicyEntry[]): string {
  return [
    `### ${place}`,
    "",
    row("id", "rule", "says", "for", "in force", "source", "certainty"),
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...entries.filter(({ jurisdiction }) => jurisdiction === place).map(entryRow),
  ].join("\n");
}

function entryRow(entry: PolicyEntry): string {
  const { id, ruleId, applies, source, certainty, note } = entry;
  const whom = [applies.join(", "), boundWords(entry)].filter((text) => text !== "").join("; ");
  const says = note === undefined ? entryWords(entry) : `${entryWords(entry)}. ${note}`;
  return row(`\`${id}\``, `\`${ruleId}\``, says, whom, daysInForce(entry), source, certainty);
}
