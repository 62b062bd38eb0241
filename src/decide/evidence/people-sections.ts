import { markup, type Piece, table } from "./markup.ts";
import { utc } from "./moment.ts";
import type {
  ConsentRow,
  ContactEventRow,
  HistoryRow,
  HoldRow,
  InboundRow,
  RecordRows,
} from "./record-rows.ts";

/** The decisions of persons about an attempt, the message and consents of the borrower, and the findings about the contact. */
export function peopleSections(interactionId: string, rows: RecordRows): Piece {
  const own = <Row extends { readonly interaction_id: number }>(all: readonly Row[]): Row[] =>
    all.filter((row) => String(row.interaction_id) === interactionId);
  const decided = (tableName: string, id: string): HistoryRow | undefined =>
    rows.history.find((row) => row.table_name === tableName && row.row_id === id);
  return [
    titled(
      "Held for a person",
      table(
        ["held", "rules", "decided", "decision"],
        own(rows.holds).map((row) => holdCells(row, decided("holds", String(row.id)))),
      ),
    ),
    titled(
      "Message of the borrower",
      table(
        ["sent", "received", "by", "reading", "handled"],
        own(rows.inbound).map((row) =>
          inboundCells(row, decided("inbound_messages", interactionId)),
        ),
      ),
    ),
    titled(
      "Consent",
      table(["when", "what", "reason", "by"], own(rows.consents).map(consentCells)),
    ),
    titled(
      "What was found out about the contact",
      table(["when", "contact", "what"], own(rows.contactEvents).map(contactEventCells)),
    ),
  ];
}

const titled = (title: string, body: Piece): Piece =>
  body === null ? null : markup`<h4>${title}</h4>${body}\n`;

const valueOf = (history: HistoryRow, column: string): string | null => {
  const value = history.changes[column]?.to;
  return typeof value === "string" ? value : null;
};

/** The decision is a row of the history. */
function holdCells(row: HoldRow, decision: HistoryRow | undefined): readonly Piece[] {
  const held = [utc(row.held_at), row.rule_ids.join(", ")];
  if (decision === undefined) return [...held, "not yet", null];
  const words = ["decision", "reason"].map((column) => valueOf(decision, column));
  return [
    ...held,
    `${utc(decision.changed_at)} by ${decision.actor}`,
    words.filter(Boolean).join(": "),
  ];
}

const inboundCells = (row: InboundRow, handled: HistoryRow | undefined): readonly Piece[] => [
  utc(row.sent_at) ?? "not stated",
  utc(row.received_at),
  row.provider,
  row.reading,
  handled === undefined
    ? null
    : `${utc(handled.changed_at)} by ${handled.actor}: ${valueOf(handled, "handled_reason") ?? ""}`,
];

const consentCells = (row: ConsentRow): readonly Piece[] => [
  utc(row.recorded_at),
  `${row.change} of ${row.scope} messages to contact ${row.contact_id}, by ${row.source}`,
  row.reason,
  row.recorded_by,
];

const contactEventCells = (row: ContactEventRow): readonly Piece[] => [
  utc(row.occurred_at),
  row.contact_id,
  [
    row.kind,
    row.code,
    row.reason,
    row.withdraws_id === null ? null : `withdraws ${row.withdraws_id}`,
  ]
    .filter(Boolean)
    .join(" "),
];
