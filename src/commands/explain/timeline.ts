import type { OpenWait } from "../../store/operate/waiting.ts";
import type { EntryKind, TimelineEntry } from "../../store/operate/timeline.ts";
import { timesInWords } from "./time-words.ts";
import { page, wrapped } from "../cli/layout.ts";
import { momentsIn, type ShowMoment } from "../cli/moment.ts";
import { waitInWords } from "../cli/wait-words.ts";

/** Everything on record about some changes and interactions, and what they wait for. */
export interface Timeline {
  readonly title: string;
  readonly entries: readonly TimelineEntry[];
  readonly waits: readonly OpenWait[];
}

const INDENT = "    ";

/** The timeline for people, in the order of time. */
export function timelinePage({ title, entries, waits }: Timeline, zone: string): string {
  const show = momentsIn(zone, "seconds");
  const lines = entries.flatMap((entry) => [
    `${show(entry.at)}  ${subjectOf(entry)}`,
    ...wrapped([entryInWords(entry, show), ...timesOf(entry, show)].join(" "), INDENT),
  ]);
  const now = waits.flatMap((wait) => [
    `now  ${subjectOf(wait)}`,
    ...wrapped(waitInWords(wait, show), INDENT),
  ]);
  return page([title, "", ...lines, ...now, ...(waits.length === 0 ? ["Nothing waits."] : [])]);
}

/** The timeline as data, each entry with its sentence; times in UTC. */
export function timelineJson({ title, entries, waits }: Timeline): string {
  const show = (moment: Date): string => moment.toISOString();
  return JSON.stringify(
    {
      title,
      entries: entries.map((entry) => ({ ...entry, words: entryInWords(entry, show) })),
      waits: waits.map((wait) => ({ ...wait, words: waitInWords(wait, show) })),
    },
    null,
    2,
  );
}

const subjectOf = ({
  interactionId,
  caseChangeId,
}: Pick<TimelineEntry, "interactionId" | "caseChangeId">): string => {
  if (interactionId !== null) return `interaction ${interactionId}`;
  return caseChangeId === null ? "legal hold" : `change ${caseChangeId}`;
};

/** The times where they differ, and the bound of the commit. */
const timesOf = ({ times }: TimelineEntry, show: ShowMoment): string[] => [
  ...timesInWords(times, show),
  ...(times.committedBy === null ? [] : [`Committed not later than ${show(times.committedBy)}.`]),
];

type Facts = TimelineEntry["facts"];
type InWords = (facts: Facts, by: string, show: ShowMoment) => string;

function entryInWords({ kind, facts, by }: TimelineEntry, show: ShowMoment): string {
  return WORDS[kind](facts, by ?? "Tidings", show);
}

const word = (value: unknown): string => (typeof value === "string" ? value : "");
/** A reason may be a whole sentence, and the sentence around it has its own full stop. */
const after = (before: string, value: unknown): string =>
  word(value) === "" ? "" : `${before}${word(value).replace(/\.$/, "")}`;
const moment = (value: unknown, show: ShowMoment): string => show(new Date(word(value)));
const listed = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];

const holderOf = ({ borrowerId, caseId }: Facts): string =>
  word(caseId) === "" ? `borrower ${word(borrowerId)}` : `case ${word(caseId)}`;

const OUTAGES: Readonly<Record<string, string>> = {
  tidings: "No daemon was alive",
  database: "The database could not be reached",
  provider: "The provider accepted no messages",
};

const WORDS: Readonly<Record<EntryKind, InWords>> = {
  changed: ({ caseId, status, outcome, fires, receivedAt }, _by, show) => {
    const only = fires === false ? " It only makes its case known." : "";
    return `Case ${word(caseId)} has status ${word(status)}${after(" and outcome ", outcome)}. The change arrived on ${moment(receivedAt, show)}.${only}`;
  },
  resolved: (verdicts, by) => {
    const { fires, ...silent } = verdicts;
    const others = Object.entries(silent).map(
      ([why, keys]) => `${listed(keys).join(", ")} not (${why})`,
    );
    const fired =
      listed(fires).length === 0 ? "Nothing fired" : `Fired: ${listed(fires).join(", ")}`;
    return `${[fired, ...others].join("; ")}. Resolved by ${by}.`;
  },
  moved: ({ from, to, details, code, reason }, by) => {
    const start = word(from) === "" ? "Planned or logged as" : `From ${word(from)} to`;
    return `${start} ${word(to)}${after(" ", details)} by ${by}${after(", code ", code)}${after(": ", reason)}.`;
  },
  judged: ({ outcome, ruleId, until }, _by, show) =>
    `The guard says ${word(outcome)}${after(" by rule ", ruleId)}${word(until) === "" ? "" : ` until ${moment(until, show)}`}.`,
  held: ({ ruleIds }) => `Held for a person by ${listed(ruleIds).join(", ")}.`,
  decided: ({ decision, reason }, by) => `${by} has ${word(decision)} it${after(": ", reason)}.`,
  putOff: ({ ruleId, until, hasEnded }, by, show) => {
    if (hasEnded === true)
      return `${by} ended the wait.${word(until) === "" ? "" : ` It is due on ${moment(until, show)}.`}`;
    const end = word(until) === "" ? "" : ` to ${moment(until, show)}`;
    return `Put off${end}${after(" by rule ", ruleId)}, by ${by}.`;
  },
  receipt: ({ status, code, reportedAt }, by, show) =>
    `${by} reports ${word(status)}${after(", code ", code)}${word(reportedAt) === "" ? "" : `, of ${moment(reportedAt, show)}`}.`,
  redirected: ({ ruleId, nextInteractionId, toContactId }, by) =>
    `Redirected to contact ${word(toContactId)} as interaction ${word(nextInteractionId)} by rule ${word(ruleId)}, by ${by}.`,
  amended: ({ kind, status, details, reason }, by) =>
    `${by} corrects the record (${word(kind)}): it is ${word(status)}${after(" ", details)}${after(", because ", reason)}.`,
  repairOrdered: ({ kind, notificationTypeId, reason, result }, by) => {
    const type = typeof notificationTypeId === "number" ? ` of type ${notificationTypeId}` : "";
    return `${by} orders the repair of ${word(kind)}${type}${after(": ", reason)}. ${word(result) === "" ? "It is not carried out yet." : `Result: ${word(result)}.`}`;
  },
  revealed: ({ way }, by) => `${by} has read the sensitive content (${word(way)}).`,
  consented: ({ change, scope, source, contactId, reason, appliedAt }, by, show) => {
    const kind = word(change) === "optOut" ? "opts out of" : "opts in to";
    const written =
      word(appliedAt) === ""
        ? "It is not written to the contact yet."
        : `It was written to the contact on ${moment(appliedAt, show)}.`;
    return `The borrower ${kind} ${word(scope)} messages to contact ${word(contactId)} by ${word(source)}${after(": ", reason)}. Recorded by ${by}. ${written}`;
  },
  erased: ({ cause, reason, part }, by) =>
    `${by} has erased the ${word(part) || "content"} (${word(cause)}): ${word(reason)}`,
  legalHeld: (facts, by) =>
    `${by} begins a legal hold on ${holderOf(facts)}${after(": ", facts["reason"])}.`,
  legalHoldEnded: (facts, by) =>
    `${by} ends the legal hold on ${holderOf(facts)}${after(": ", facts["reason"])}.`,
  outage: ({ outageId, kind, channel, code, endedAt, dueAt }, _by, show) => {
    const end = word(endedAt) === "" ? "It lasts" : `It lasted until ${moment(endedAt, show)}`;
    return `${OUTAGES[word(kind)] ?? ""}${after(" for ", channel)} (outage ${word(outageId)}, ${word(code)}). ${end}, and explains why this notice, due on ${moment(dueAt, show)}, is late.`;
  },
};
