import type { Pack, PackHead } from "../../domain/evidence/pack.ts";
import { attemptSection, blockIdOf } from "./attempt-section.ts";
import { facts, json, markup, type Piece, type Safe, table } from "./markup.ts";
import { utc } from "./moment.ts";
import { rowPathOf } from "./paths.ts";
import {
  type ChangeRow,
  type HistoryRow,
  readRows,
  type RecordRows,
  type TracedAttempt,
} from "./record-rows.ts";
import { STYLE } from "./style.ts";

/** Writes a pack as one page without scripts and without external resources. */
export function evidencePage(pack: Pack): string {
  const rows = readRows(pack);
  const notices = noticesOf(rows);
  const { subject, head } = pack;
  const title = `Evidence: ${subject.kind} ${subject.id}`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${headSection(head, pack.rows.length)}
</header>
<main>
${overview(notices)}
${rows.changes.length === 0 ? null : markup`<h2 id="cause">What the core system reported</h2>${rows.changes.map((change) => changeSection(change, rows))}`}
${notices.map((notice) => noticeSection(notice, rows))}
${repairSection(rows)}${outageSection(rows)}${versionSection(pack, rows)}
${policySection(rows)}
${proofSection(pack)}
</main>
<footer><p>All times are in UTC. This page was written from the rows of this pack, and from nothing else.</p></footer>
</body>
</html>
`.html;
}

const headSection = (head: PackHead, rows: number): Safe =>
  markup`<p>The record of Tidings as of the head of size ${head.size} of its record tree, made on ${utc(head.madeAt)}. ${rows} rows are proved by it: each was committed before that time.</p>
${facts([
  ["root", markup`<code>${head.root}</code>`],
  [
    "signature",
    head.signature === null
      ? "none: RECORD_SIGNING_KEY was not set"
      : markup`Ed25519, key <code>${head.keyId}</code>`,
  ],
])}`;

/** The attempts of one notice, or one communication that others logged. */
interface Notice {
  readonly chainId: string;
  readonly attempts: readonly [TracedAttempt, ...TracedAttempt[]];
}

function noticesOf({ attempts }: RecordRows): Notice[] {
  const chains = Map.groupBy(attempts, ({ attempt, state }) =>
    String(state?.first_interaction_id ?? attempt.interactionId),
  );
  return [...chains].flatMap(([chainId, [first, ...rest]]) =>
    first === undefined ? [] : [{ chainId, attempts: [first, ...rest] }],
  );
}

function overview(notices: readonly Notice[]): Piece {
  const cells = notices.map(({ chainId, attempts }) => {
    const [{ state }] = attempts;
    const last = attempts.at(-1)?.transitions.at(-1);
    return [
      markup`<a href="#notice-${chainId}">${chainId}</a>`,
      typeOf(state),
      state?.channel ?? null,
      utc(state?.due_explanation?.dueAt ?? null),
      markup`<span class="status ${last?.to_status ?? ""}">${last?.to_status ?? null}</span>`,
      attempts.length,
    ];
  });
  return markup`<h2 id="notices">Notices</h2>
${table(["notice", "type", "channel", "due", "status", "attempts"], cells) ?? markup`<p>No notice and no other communication is on record.</p>`}`;
}

const typeOf = (state: TracedAttempt["state"]): string | null =>
  state === null || state.notification_type_id === null
    ? (state?.origin ?? null)
    : `${state.notification_type_id}, version ${state.notification_type_version}`;

function changeSection(change: ChangeRow, { resolutions, erasures }: RecordRows): Safe {
  const erasure = erasures.find((one) => one.case_change_id === change.id);
  const resolution = resolutions.find((one) => one.case_change_id === change.id);
  const verdicts = Object.entries(resolution?.verdicts ?? {}).toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return markup`<article id="change-${change.id}"><h3>Case change ${change.id}: case ${change.case_id}, ${[change.status, change.outcome].filter(Boolean).join(" ")}</h3>
${facts([
  ["case type", change.case_type_id],
  ["borrower", change.borrower_id],
  ["loans", change.loan_ids.join(", ")],
  ["happened", utc(change.changed_at)],
  ["arrived", utc(change.received_at)],
  ["fields", Object.keys(change.fields).length === 0 ? null : json(change.fields)],
  [
    "fields erased",
    erasure === undefined
      ? null
      : `${utc(erasure.erased_at)} by ${erasure.erased_by} (${erasure.cause}): ${erasure.reason}`,
  ],
  [
    "resolved",
    resolution === undefined
      ? change.fires
        ? "not yet"
        : "it fires nothing"
      : `${utc(resolution.resolved_at)} by ${resolution.resolved_by}`,
  ],
  [
    "types considered",
    verdicts.map(([verdict, versions]) => markup`<div>${verdict}: ${versions.join(", ")}</div>`),
  ],
])}</article>
`;
}

function noticeSection({ chainId, attempts }: Notice, rows: RecordRows): Safe {
  const [{ state }] = attempts;
  const isLogged = state?.origin === "logged";
  return markup`<section id="notice-${chainId}"><h2>${isLogged ? "Communication" : "Notice"} ${chainId}</h2>
${
  state === null
    ? null
    : markup`<h3>Why</h3>${facts([
        [
          "case change",
          state.case_change_id === null
            ? null
            : markup`<a href="#change-${state.case_change_id}">${state.case_change_id}</a>`,
        ],
        ["case", state.case_id],
        ["notification type", isLogged ? null : typeOf(state)],
        ["template", templateOf(state)],
        ["subject", state.subject],
        ["theme", state.theme],
      ])}${dueSection(state.due_explanation)}`
}
${attempts.map((attempt) => attemptSection(attempt, rows))}</section>
`;
}

/** The repairs that operators have ordered after an audit. The result of each is a row of the history. */
function repairSection({ repairs, history }: RecordRows): Piece {
  const resultOf = (id: number): string => {
    const done = history.find((row) => row.table_name === "repairs" && row.row_id === String(id));
    const result = done?.changes["result"]?.to;
    return typeof result === "string" ? result : "not yet carried out";
  };
  const cells = repairs.map((row) => [
    utc(row.ordered_at),
    row.ordered_by,
    row.kind,
    markup`<a href="#change-${row.case_change_id}">${row.case_change_id}</a>`,
    row.reason,
    resultOf(row.id),
  ]);
  const body = table(["ordered", "by", "gap", "case change", "reason", "result"], cells);
  return body === null ? null : markup`<h2 id="repairs">Repairs</h2>${body}`;
}

/** The outages between the due time of a late notice and its call. An end that was added later is a row of the history of outages. */
function outageSection({ outages, history }: RecordRows): Piece {
  const endOf = (id: number): string | null => {
    const end = history.find((row) => row.table_name === "outages" && row.row_id === String(id));
    const value = end?.changes["ended_at"]?.to;
    return typeof value === "string" ? value : null;
  };
  const cells = outages.map((row) => [
    row.id,
    [row.kind, row.channel].filter(Boolean).join(" of "),
    utc(row.began_at),
    utc(row.ended_at ?? endOf(row.id)) ?? "not yet",
    row.code,
  ]);
  const body = table(["outage", "of", "began", "ended", "code"], cells);
  return body === null
    ? null
    : markup`<h2 id="outages">Outages while a notice was late</h2>${body}`;
}

function templateOf(state: NonNullable<TracedAttempt["state"]>): string | null {
  if (state.template_id === null) return null;
  const { language, why } = state.template_explanation ?? {};
  const chosen = language === undefined ? "" : `, in ${language} (${why})`;
  return `${state.template_id}, version ${state.template_version}${chosen}`;
}

/** The steps by which the due time was computed. */
function dueSection(due: NonNullable<TracedAttempt["state"]>["due_explanation"]): Piece {
  if (due === null) return null;
  const delay = due.delay === null || due.unit === null ? "none" : `${due.delay} ${due.unit}`;
  return markup`<h3>How the date was computed</h3>${facts([
    ["time of the change", utc(due.changedAt)],
    ["delay", delay],
    ["time zone", due.zone],
    ["calendar", due.calendar ?? null],
    [
      "days passed over",
      due.skipped.map(({ day, reason }) => markup`<div>${day}: ${reason}</div>`),
    ],
    ["due", utc(due.dueAt)],
  ])}`;
}

const VERSIONED: Readonly<Record<string, string>> = {
  notification_types: "Notification type",
  templates: "Template",
};

function versionSection({ templates }: Pack, { history }: RecordRows): Piece {
  const rows = history.filter(({ table_name }) => table_name in VERSIONED);
  if (rows.length === 0) return null;
  const cells = (row: HistoryRow): readonly Piece[] => [
    utc(row.changed_at),
    `${VERSIONED[row.table_name]} ${row.row_id.replace(",", ", version ")}`,
    row.actor,
    json(
      Object.fromEntries(
        Object.entries(row.changes).map(([column, { to }]) => [column, to ?? null]),
      ),
    ),
  ];
  return markup`<h2 id="versions">Versions in force</h2>
${table(["when", "version", "by", "new values"], rows.map(cells))}
${templates.length === 0 ? null : markup`<p>The texts of a template are in <code>templates/</code>. The SHA-256 of the file is the content hash of the version.</p>`}`;
}

function policySection({ policy, attempts }: RecordRows): Piece {
  if (attempts.length === 0) return null;
  const cells = policy.map((row) => [
    row.id,
    utc(row.changed_at),
    row.changed_by,
    markup`${[row.change, row.rule_id, row.entry_id, row.outcome].filter(Boolean).join(" ")}${json(row.value)}`,
    row.reason,
  ]);
  return markup`<h2 id="policy">Policy in force</h2>
${table(["change", "when", "by", "what", "reason"], cells) ?? markup`<p>The policy that is built in, without a change.</p>`}`;
}

function proofSection({ rows, bounds, head }: Pack): Safe {
  const madeAt = new Map(bounds.map((bound) => [bound.size, bound.madeAt]));
  const cells = rows.map(({ source, id, index, leaf, isRedacted, bound }) => {
    const path = rowPathOf({ source, id, isRedacted });
    const committed = utc(madeAt.get(bound?.size ?? head.size) ?? head.madeAt);
    return [markup`<a href="${path}">${path}</a>`, index, committed, markup`<code>${leaf}</code>`];
  });
  return markup`<h2 id="proof">Proof</h2>
<p>Each row is a leaf of the record tree: a Merkle tree as in RFC 6962, to which rows are only added. <code>proofs/</code> leads from each leaf to the root above, and <code>bounds/</code> to the root of the first signed head that has it: the row was committed not later than the time of that head. README.txt says how to verify it without Tidings.</p>
<details><summary>${rows.length} rows</summary>${table(["row", "place in the tree", "committed not later than", "hash of the leaf"], cells)}</details>`;
}

/** The ids of the blocks that the page must have: one for each attempt. */
export const blocksOf = ({ attempts }: Pick<Pack, "attempts">): string[] =>
  attempts.map(({ interactionId }) => blockIdOf(interactionId));
