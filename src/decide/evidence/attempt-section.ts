import type { PackAttempt } from "../../domain/evidence/pack.ts";
import { contentInBytes } from "../../domain/sealed-content.ts";
import { PASS_OVER_REASONS } from "../../domain/passed-over.ts";
import { facts, json, markup, type Piece, type Safe, table } from "./markup.ts";
import { utc } from "./moment.ts";
import { messagePathOf, statePathOf } from "./paths.ts";
import { peopleSections } from "./people-sections.ts";
import {
  historyOf,
  type AmendmentRow,
  type ErasureRow,
  type HistoryRow,
  type JudgementRow,
  type ReceiptRow,
  type RecordRows,
  type RedirectRow,
  type StateRow,
  type TracedAttempt,
  type TransitionRow,
} from "./record-rows.ts";

/** The id of the block of an attempt in the page. */
export const blockIdOf = (interactionId: string): string => `attempt-${interactionId}`;

/** The block of one attempt: to whom, what was judged, what happened, what was sent. */
export function attemptSection(traced: TracedAttempt, rows: RecordRows): Safe {
  const { attempt, state, transitions } = traced;
  const { interactionId } = attempt;
  const own = <Row extends { readonly interaction_id: number | null }>(
    all: readonly Row[],
  ): Row[] => all.filter((row) => String(row.interaction_id) === interactionId);
  const receipts = rows.receipts.filter((row) => attempt.receiptIds.includes(String(row.id)));
  const history = historyOf(interactionId, rows.history);
  return markup`<article id="${blockIdOf(interactionId)}">
<h3>${titleOf(traced)}${amendedIn(traced, own(rows.amendments))}</h3>
${stateSection(traced)}${own(rows.erasures).map(erasedIn)}
<h4>What happened</h4>
${table(
  ["happened", "learned", "recorded", "status", "by", "evidence"],
  transitions.map((row) => transitionCells(row, timesOf(row, traced, receipts))),
)}${titled("Amendments", table(["made", "by", "correct status", "reason", "evidence"], own(rows.amendments).map(amendmentCells)))}
${titled("What the guard decided", table(["when", "decision", "rules", "policy"], own(rows.judgements).map(judgementCells)))}
${own(rows.redirects).map(redirectIn)}
${peopleSections(interactionId, rows)}
${titled("Receipts of the provider", table(["happened", "arrived", "report"], receipts.map(receiptCells)))}
${state === null || isMereNote(state) ? null : contentSection(attempt, state)}
${titled(
  "Who has read its sensitive content",
  table(
    ["when", "who", "how"],
    own(rows.reveals).map((row) => [utc(row.revealed_at), row.revealed_by, row.way]),
  ),
)}
${titled("What else was changed", table(["when", "who", "columns"], history.map(historyCells)))}
</article>
`;
}

const erasedIn = ({ erased_at, erased_by, cause, reason }: ErasureRow): Piece =>
  markup`<p class="note">Its content was erased on ${utc(erased_at)} by ${erased_by} (${cause}): ${reason}</p>`;

/** The status by the amendment in force: the last one, if no transition has followed it. */
function amendedIn({ transitions }: TracedAttempt, amendments: readonly AmendmentRow[]): Piece {
  const last = amendments.at(-1);
  if (last === undefined || last.transition_id !== transitions.at(-1)?.id) return null;
  return markup`, amended to <span class="status ${last.status}">${wordsOf(last)}</span>`;
}

const wordsOf = ({ status, status_details }: AmendmentRow): string =>
  [status, status_details].filter(Boolean).join(" ");

const amendmentCells = (row: AmendmentRow): readonly Piece[] => [
  utc(row.amended_at),
  row.amended_by,
  `${wordsOf(row)}${row.happened_at === null ? "" : ` since ${utc(row.happened_at)}`}`,
  `${row.kind}: ${row.reason}`,
  row.evidence,
];

const titled = (title: string, body: Piece): Piece =>
  body === null ? null : markup`<h4>${title}</h4>${body}`;

function titleOf({ attempt, state, transitions }: TracedAttempt): Safe {
  const last = transitions.at(-1);
  const status = [last?.to_status, last?.to_status_details].filter(Boolean).join(" ");
  const place = state === null ? "" : `Attempt ${state.attempt}, `;
  return markup`${place}interaction ${attempt.interactionId}: <span class="status ${last?.to_status ?? ""}">${status}</span>`;
}

function stateSection({ attempt, state, isProved }: TracedAttempt): Piece {
  if (state === null)
    return markup`<p class="note">It has moved on after the head of this pack. A pack of a later head has its state.</p>`;
  const open =
    state.origin === "logged"
      ? "Another system logged it. Only its transitions and changes are in the record tree."
      : "It had not ended at the head of this pack, so its state is not in the record tree yet.";
  return markup`${isProved ? null : markup`<p class="note">${open} ${statePathOf(attempt.interactionId)} has the state.</p>`}
${facts([
  ["channel", state.channel],
  ["borrower", state.person_id],
  ["address", addressOf(state)],
  [
    "passed over",
    (state.passed_over ?? []).map(
      (one) => markup`<div>${one.contactId}: ${PASS_OVER_REASONS[one.why] ?? one.why}</div>`,
    ),
  ],
  ["call", callOf(state)],
  ["provider", providerOf(state)],
  [
    "reason",
    [state.failure_description_short, state.failure_description_long].filter(Boolean).join(": "),
  ],
  ["rule", state.compliance_guard_rule_id],
])}`;
}

function addressOf({ contact_id, contact }: StateRow): Piece {
  if (contact_id === null) return null;
  const words = ["contactType", "label", "status"].map((name) => contact?.[name]);
  const kind = words.filter((word) => typeof word === "string").join(", ");
  const value = contact?.["value"];
  const shown = typeof value === "string" ? value : JSON.stringify(value ?? null);
  return markup`${shown} <span class="note">(contact ${contact_id}${kind === "" ? "" : `: ${kind}`})</span>`;
}

function callOf({ started_at, ended_at, claimed_by }: StateRow): string | null {
  if (started_at === null) return null;
  const end = ended_at === null ? "" : ` to ${utc(ended_at)}`;
  return `${utc(started_at)}${end}${claimed_by === null ? "" : `, by ${claimed_by}`}`;
}

const providerOf = ({ provider, provider_message_id }: StateRow): string | null =>
  provider === null
    ? null
    : `${provider}${provider_message_id === null ? "" : `, message ${provider_message_id}`}`;

/** The rule that redirected the notice to another contact, and the interaction that replaced this one. */
const redirectIn = (row: RedirectRow): Piece =>
  markup`<h4>Redirected</h4><p>On ${utc(row.redirected_at)} ${row.redirected_by} redirected the notice from contact ${row.from_contact_id} to contact ${row.to_contact_id} by rule ${row.rule_id}. This interaction was canceled, and <a href="#${blockIdOf(String(row.next_interaction_id))}">interaction ${row.next_interaction_id}</a> replaced it.</p>`;

interface RowTimes {
  readonly happened: string;
  readonly learned: string;
}

/** The times as the view entry_times has them: those of the receipt, the end of the last call, or the time of the transition itself. */
function timesOf(
  row: TransitionRow,
  { state, transitions }: TracedAttempt,
  receipts: readonly ReceiptRow[],
): RowTimes {
  const receipt = receipts.find(({ id }) => String(id) === row.evidence?.receiptId);
  if (receipt !== undefined)
    return { happened: receipt.reported_at ?? receipt.received_at, learned: receipt.received_at };
  const own = { happened: row.moved_at, learned: row.moved_at };
  const call = transitions.findLast(({ from_status }) => from_status === "inProgress");
  if (call !== row || state === null || row.evidence?.code === "workerDied") return own;
  const { ended_at, claimed_at, origin } = state;
  if (ended_at === null || claimed_at === null || origin !== "tidings") return own;
  const end = Date.parse(ended_at);
  return end < Date.parse(claimed_at) || end > Date.parse(row.moved_at)
    ? own
    : { happened: ended_at, learned: ended_at };
}

const transitionCells = (row: TransitionRow, { happened, learned }: RowTimes): readonly Piece[] => [
  utc(happened),
  utc(learned),
  utc(row.moved_at),
  [row.to_status, row.to_status_details].filter(Boolean).join(" "),
  row.moved_by,
  json(row.evidence),
];

function judgementCells(row: JudgementRow): readonly Piece[] {
  const until = row.until === null ? "" : ` until ${utc(row.until)}`;
  const rules = row.rules?.map(
    ({ ruleId, outcome, facts: by = [] }) =>
      markup`<div>${ruleId}: ${outcome}${by.length === 0 ? "" : ` (${by.join(", ")})`}</div>`,
  );
  return [
    utc(row.judged_at),
    `${row.outcome}${until}${row.rule_id === null ? "" : ` by ${row.rule_id}`}`,
    rules ?? "every rule allowed it",
    row.policy_version === 0 ? "built in" : `change ${row.policy_version}`,
  ];
}

const receiptCells = (row: ReceiptRow): readonly Piece[] => [
  utc(row.reported_at) ?? "not reported",
  utc(row.received_at),
  markup`${[row.provider, row.raw_status, row.code, row.qualifier].filter(Boolean).join(" ")}${json(row.payload)}`,
];

const historyCells = (row: HistoryRow): readonly Piece[] => [
  utc(row.changed_at),
  row.actor,
  Object.keys(row.changes).toSorted().join(", "),
];

function contentSection(attempt: PackAttempt, state: StateRow): Piece {
  const hash = state.content_sha256;
  const { message, interactionId } = attempt;
  const path = message === null ? null : messagePathOf(interactionId, message.extension);
  return markup`<h4>What was sent</h4>
${facts([
  [
    "SHA-256 of the bytes",
    hash === null ? "none: it is not known that anything was sent" : markup`<code>${hash}</code>`,
  ],
  ["the bytes", path === null ? whyNoBytes(state) : markup`<a href="${path}">${path}</a>`],
  ["segments", state.segments],
])}
${contentOf(attempt, state)}`;
}

/** Others logged that they communicated, and not what. */
const isMereNote = ({ origin, content }: StateRow): boolean =>
  origin === "logged" && content === null;

function whyNoBytes({ content_sha256, content, sensitive }: StateRow): string | null {
  if (content_sha256 === null) return null;
  if (content === null && sensitive) return "not shown: the content is sensitive";
  if (typeof content === "string") return "not shown: the content is sensitive and sealed";
  return "this release does not compose the same bytes from the record; the hash is that of the bytes that were sent";
}

/** The content as it is stored, or as it was opened for this pack. */
function contentOf({ opened }: PackAttempt, { content }: StateRow): Piece {
  const shown = opened === null ? content : contentInBytes(opened);
  if (shown === null) return null;
  if (typeof shown === "string")
    return markup`<p class="note">The content is sealed. The record has its commitment <code>${shown}</code>.</p>`;
  return contentParts(new Map<string, unknown>(Object.entries(shown)));
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

function contentParts(parts: ReadonlyMap<string, unknown>): Safe {
  const [page, text] = ["bodyHtml", "bodyText"].map((name) => parts.get(name));
  const rest = [...parts].filter(
    ([name, value]) => !["bodyHtml", "bodyText"].includes(name) && !isEmptyList(value),
  );
  return markup`${facts(rest.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]))}
${typeof text === "string" ? markup`<pre>${text}</pre>` : null}
${typeof page === "string" ? markup`<details class="screen"><summary>As html</summary><iframe sandbox="" title="The message as html" srcdoc="${page}"></iframe></details>` : null}`;
}
