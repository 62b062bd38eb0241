import { nextStep, type NextStep } from "../../decide/settle/next-step.ts";
import type {
  Attempt,
  Chain,
  ChangedColumn,
  RecordChange,
  Transition,
} from "../../domain/deliver/chain.ts";
import type { OpenWait } from "../../store/operate/waiting.ts";
import { overdueInWords, type DaemonSeen } from "./overdue.ts";
import { holdsInWords, judgementsInWords, redirectsInWords } from "./guard-sentences.ts";
import { timesInWords } from "./time-words.ts";
import { amendmentInForce, amendmentsInWords, stateOf } from "./amendment-sentences.ts";
import { waitInWords } from "../cli/wait-words.ts";
import { contactsInWords, datesInWords, whyInWords } from "./sentences.ts";
import { momentsIn, type ShowMoment } from "../cli/moment.ts";
import { aligned, page, wrapped } from "../cli/layout.ts";

/** The requested interaction, the time of the request, the daemons at that time, and the time zone of the answer. */
export interface ExplainRequest {
  readonly asked: string;
  readonly now: Date;
  /** The lender's IANA time zone. */
  readonly zone: string;
  readonly daemons: readonly DaemonSeen[];
  /** The waits of its attempts; empty if they are final. */
  readonly waits: readonly OpenWait[];
}

const INDENT = "  ";

/** Renders a chain as one page of plain text. */
export function explainPage(chain: Chain, request: ExplainRequest): string {
  const show = momentsIn(request.zone);
  const others = chain.changes.filter(({ wait }) => wait === null);
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ["Why it exists", prose(whyInWords(chain, show))],
    ["When it is due", prose(datesInWords(chain, show))],
    ["To whom", prose(contactsInWords(chain.attempts))],
    ...guardSections(chain, momentsIn(request.zone, "seconds")),
    ["What happened", transitionLines(chain.transitions, momentsIn(request.zone, "seconds"))],
    ...(chain.amendments.length === 0
      ? []
      : [["Amendments", prose(amendmentsInWords(chain, show))] as const]),
    ...(others.length === 0
      ? []
      : [["What was changed", changeLines(others, momentsIn(request.zone, "seconds"))] as const]),
    ["What happens next", prose(nextInWords(chain, request, show))],
  ];
  const body = sections.flatMap(([title, lines]) => ["", title, ...lines]);
  return page([...titleOf(chain, request), ...body]);
}

function guardSections(
  chain: Chain,
  show: ShowMoment,
): readonly (readonly [string, readonly string[]])[] {
  const sentences = [
    ...judgementsInWords(chain, show),
    ...holdsInWords(chain, show),
    ...redirectsInWords(chain, show),
  ];
  return sentences.length === 0 ? [] : [["What the guard decided", prose(sentences)]];
}

const lastOf = ({ attempts }: Chain): Attempt => attempts.at(-1) ?? attempts[0];
const prose = (sentences: readonly string[]): string[] =>
  sentences.flatMap((sentence) => wrapped(sentence, INDENT));
const joined = (...words: readonly (string | null)[]): string =>
  words.filter((word) => word !== null).join(" ");

function titleOf(chain: Chain, { asked }: ExplainRequest): string[] {
  const { attempts, type } = chain;
  const last = lastOf(chain);
  const own = attempts.find(({ id }) => id === asked) ?? last;
  const name = type === null ? "" : ` "${type.name}"`;
  const title = `Interaction ${asked}${name} by ${own.channel}: ${joined(own.status, own.statusDetails)}`;
  if (attempts.length === 1) return [title];
  const place = `Attempt ${own.attempt} of a chain of ${attempts.length}`;
  return own === last
    ? [title, `${place}, the last one.`]
    : [
        title,
        `${place}; the last one, interaction ${last.id}, is ${joined(last.status, last.statusDetails)}.`,
      ];
}

function transitionLines(transitions: readonly Transition[], show: ShowMoment): string[] {
  const rows = transitions.map(({ movedAt, interactionId, movedBy, ...move }) => [
    `${INDENT}${show(movedAt)}`,
    `interaction ${interactionId}`,
    joined(move.fromStatus, "->", move.toStatus, move.toStatusDetails),
    `by ${movedBy}`,
  ]);
  const lines = aligned(rows);
  return transitions.flatMap((transition, row) => [
    lines[row] ?? "",
    ...timesInWords({ ...transition, recordedAt: transition.movedAt }, show).flatMap((words) =>
      wrapped(words, INDENT.repeat(3)),
    ),
    ...(transition.evidence === null
      ? []
      : wrapped(evidenceInWords(transition.evidence), INDENT.repeat(3))),
  ]);
}

function changeLines(changes: readonly RecordChange[], show: ShowMoment): string[] {
  const rows = changes.map(({ changedAt, interactionId, actor }) => [
    `${INDENT}${show(changedAt)}`,
    `interaction ${interactionId}`,
    `by ${actor}`,
  ]);
  const lines = aligned(rows);
  return changes.flatMap((change, row) => [
    lines[row] ?? "",
    ...wrapped(changeInWords(change), INDENT.repeat(3)),
  ]);
}

/** The columns that a claim gives to the provider. The other columns of a claim change with every claim. */
const HANDED_OVER = [
  "borrower",
  "contact",
  "contact_id",
  "passed_over",
  "content",
  "newest_case_change_id",
];

/** A row that contains the number of claims was written by a claim that gave the provider something else than the claim before. */
function changeInWords({ columns }: RecordChange): string {
  const names = new Set(columns.map(({ column }) => column));
  if (!names.has("claims")) return columns.map(columnInWords).join(", ");
  const other = HANDED_OVER.filter((name) => names.has(name));
  return `It was claimed again with other values than before (${other.join(", ")}). The earlier ones are kept.`;
}

const SHOWN_DIGITS = 12;

function columnInWords({ column, fromSha256, toSha256 }: ChangedColumn): string {
  const hashes = [fromSha256, toSha256].map((hash) => hash?.slice(0, SHOWN_DIGITS) ?? "none");
  return fromSha256 === null && toSha256 === null
    ? column
    : `${column} (SHA-256 ${hashes.join("… to ")}…)`;
}

/** These fields come first; the other fields of the evidence follow. */
const FIRST_FIELDS = ["operator", "provider", "code", "enhancedCode", "text"];

function evidenceInWords(evidence: Readonly<Record<string, unknown>>): string {
  const first = FIRST_FIELDS.filter((name) => name in evidence);
  const rest = Object.keys(evidence).filter((name) => !first.includes(name));
  return [...first, ...rest].map((name) => `${name} ${JSON.stringify(evidence[name])}`).join(", ");
}

const NEXT: Readonly<Record<Exclude<NextStep, "overdue">, string>> = {
  due: "When it is due, its contact is chosen, the rules are judged, and it is sent.",
  held: "A person decides: `tidings release` lets it go on, `tidings refuse` ends it.",
  inProgress:
    "Tidings waits for the provider's answer. If the daemon dies, another daemon settles it.",
  lookUp:
    "It is not known whether the provider accepted it. It is looked up at the provider; if the provider does not know, a person decides.",
  resend:
    "It is not known whether the provider accepted it. It is sent once more, with the same Message-ID.",
  hold: "It is not known whether the provider accepted it. If neither a late answer nor a receipt shows that, a person decides with `tidings settle`.",
  handedOver: "The provider has it. The next step is a receipt: a delivery or a bounce.",
  delivered: "It was delivered. Nothing follows, except if it bounces late.",
  failed: "No further attempt is planned. `tidings retry` sends it again.",
  withdrawn:
    "It was withdrawn and is not sent. `tidings reinstate` undoes a cancellation by an operator.",
  notOurs: "Tidings does nothing more.",
};

const stepAfter = (chain: Chain, now: Date): NextStep =>
  nextStep(lastOf(chain), chain.attempts.slice(0, -1), chain.type?.onUnknown ?? "hold", now);

function nextInWords(
  chain: Chain,
  { now, daemons, waits }: ExplainRequest,
  show: ShowMoment,
): string[] {
  const last = lastOf(chain);
  const step = stepAfter(chain, now);
  const amended = amendmentInForce(chain, last.id);
  if (amended !== undefined)
    return [
      `An amendment counts in place of the recorded status: it is ${stateOf(amended)}. An amendment sends nothing.`,
    ];
  const sentences = step === "overdue" ? overdueInWords(last.channel, daemons, show) : [NEXT[step]];
  if (step === "due" && last.dueAt !== null) sentences.unshift(`It is due ${show(last.dueAt)}.`);
  if (step === "due" && chain.type?.whenCaseMoves === "cancel")
    sentences.push("It is canceled if its case no longer matches the trigger by then.");
  if (last.isUndelivered)
    sentences.push(
      "The law requires this notice, and it did not arrive, so it counts as not sent. `tidings retry` sends it to the next contact of the channel. If it goes another way, log that interaction with previousInteractionId.",
    );
  if (last.short !== null) sentences.push(`${last.short}: ${last.long ?? ""}`);
  if (last.ruleId !== null) sentences.push(`Rule ${last.ruleId}.`);
  return [...sentences, ...waits.map((wait) => waitInWords(wait, show))];
}

/** Returns the chain as data, times in UTC, without the fields of the case, which may be personal. */
export function explainJson(chain: Chain, { asked, now, waits }: ExplainRequest): string {
  const document = { interactionId: asked, ...chain, next: stepAfter(chain, now), waits };
  return JSON.stringify(
    document,
    (key, value: unknown) => (key === "fields" ? undefined : value),
    2,
  );
}
