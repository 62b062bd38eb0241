import type { Pack, PackAttempt } from "../../domain/evidence/pack.ts";
import type { PassOverReason } from "../../domain/passed-over.ts";
import type { LeafSource } from "../../domain/tree/leaf-sources.ts";
import { parseExactJson } from "../../domain/values/exact-json.ts";
import type { Explanation } from "../resolve/schedule.ts";

/** A column of a row of the record: Postgres writes times as text and ids as numbers. */
type Text = string | null;

export interface ChangeRow {
  readonly id: number;
  readonly case_id: string;
  readonly case_type_id: string;
  readonly borrower_id: string;
  readonly loan_ids: readonly string[];
  readonly status: string;
  readonly outcome: Text;
  readonly fields: object;
  readonly changed_at: string;
  readonly received_at: string;
  readonly fires: boolean;
}
export interface ResolutionRow {
  readonly case_change_id: number;
  readonly resolved_at: string;
  readonly resolved_by: string;
  readonly verdicts: Readonly<Record<string, readonly string[]>>;
}
export interface TransitionRow {
  readonly id: number;
  readonly interaction_id: number;
  readonly moved_at: string;
  readonly moved_by: string;
  readonly from_status: Text;
  readonly to_status: string;
  readonly to_status_details: Text;
  readonly evidence: { readonly code?: unknown; readonly receiptId?: unknown } | null;
}
export interface StateRow {
  readonly interaction_id: number;
  readonly origin: string;
  readonly created_at: string;
  readonly reply_id?: number | null;
  readonly channel: string;
  readonly person_id: Text;
  readonly contact_id: Text;
  readonly contact: Readonly<Record<string, unknown>> | null;
  readonly passed_over:
    | readonly { readonly contactId: string; readonly why: PassOverReason }[]
    | null;
  readonly subject: Text;
  readonly theme: Text;
  readonly sensitive: boolean;
  readonly status: string;
  readonly status_details: Text;
  readonly started_at: Text;
  readonly ended_at: Text;
  readonly compliance_guard_rule_id: Text;
  readonly failure_description_short: Text;
  readonly failure_description_long: Text;
  readonly case_id: Text;
  readonly case_change_id: number | null;
  readonly notification_type_id: number | null;
  readonly notification_type_version: number | null;
  readonly template_id: number | null;
  readonly template_version: number | null;
  readonly template_explanation: { readonly language?: string; readonly why?: string } | null;
  readonly due_explanation: Explanation | null;
  readonly attempt: number;
  readonly first_interaction_id: number | null;
  readonly claimed_at: Text;
  readonly claimed_by: Text;
  readonly provider: Text;
  readonly provider_message_id: Text;
  readonly content_sha256: Text;
  readonly segments: number | null;
  /** The commitment where it is sealed. */
  readonly content: object | string | null;
}
export interface JudgementRow {
  readonly id: number;
  readonly interaction_id: number;
  readonly judged_at: string;
  readonly policy_version: number;
  readonly until: Text;
  readonly outcome: string;
  readonly rule_id: Text;
  readonly facts_sha256: Text;
  readonly rules:
    | readonly {
        readonly ruleId: string;
        readonly outcome: string;
        readonly facts?: readonly string[];
      }[]
    | null;
}
export interface ReceiptRow {
  readonly id: number;
  readonly provider: string;
  readonly provider_message_id: Text;
  readonly raw_status: string;
  readonly code: Text;
  readonly qualifier: Text;
  readonly reported_at: Text;
  readonly received_at: string;
  readonly payload: object | null;
}
export interface RevealRow {
  readonly interaction_id: number;
  readonly revealed_at: string;
  readonly revealed_by: string;
  readonly way: string;
}
export interface AmendmentRow {
  readonly id: number;
  readonly interaction_id: number;
  readonly kind: string;
  readonly transition_id: number;
  readonly replaces_id: number | null;
  readonly status: string;
  readonly status_details: Text;
  readonly reason: string;
  readonly evidence: string;
  readonly happened_at: Text;
  readonly amended_at: string;
  readonly amended_by: string;
}
export interface RedirectRow {
  readonly interaction_id: number;
  readonly next_interaction_id: number;
  readonly redirected_at: string;
  readonly redirected_by: string;
  readonly rule_id: string;
  readonly from_contact_id: string;
  readonly to_contact_id: string;
}
export interface HoldRow {
  readonly id: number;
  readonly interaction_id: number;
  readonly held_at: string;
  readonly rule_ids: readonly string[];
}
export interface ConsentRow {
  readonly interaction_id: number;
  readonly contact_id: string;
  readonly change: string;
  readonly scope: string;
  readonly source: string;
  readonly reason: string;
  readonly recorded_at: string;
  readonly recorded_by: string;
}
export interface InboundRow {
  readonly interaction_id: number;
  readonly provider: string;
  readonly sent_at: Text;
  readonly received_at: string;
  readonly reading: string;
}
export interface ContactEventRow {
  readonly interaction_id: number;
  readonly occurred_at: string;
  readonly kind: string;
  readonly contact_id: string;
  readonly reason: string;
  readonly code: Text;
  readonly withdraws_id: number | null;
}
export interface ErasureRow {
  readonly id: number;
  /** Null for an erasure of the fields of a change. */
  readonly interaction_id: number | null;
  /** Packs of earlier releases do not have it. */
  readonly case_change_id?: number | null;
  readonly cause: string;
  readonly reason: string;
  readonly erased_at: string;
  readonly erased_by: string;
}
export interface RepairRow {
  readonly id: number;
  readonly kind: string;
  readonly case_change_id: number;
  readonly interaction_id: number | null;
  readonly ordered_at: string;
  readonly ordered_by: string;
  readonly reason: string;
}
export interface OutageRow {
  readonly id: number;
  readonly kind: string;
  readonly channel: Text;
  readonly code: Text;
  readonly began_at: string;
  readonly ended_at: Text;
}
export interface HistoryRow {
  readonly id: number;
  readonly table_name: string;
  readonly row_id: string;
  readonly changed_at: string;
  readonly actor: string;
  readonly changes: Readonly<
    Record<string, { readonly from?: unknown; readonly to?: unknown; readonly toSha256?: string }>
  >;
}
export interface PolicyRow {
  readonly id: number;
  readonly changed_at: string;
  readonly changed_by: string;
  readonly reason: string;
  readonly effective_from: Text;
  readonly change: string;
  readonly rule_id: Text;
  readonly entry_id: Text;
  readonly outcome: Text;
  readonly value: unknown;
}

/** An attempt with its state as the pack has it; without one if it has moved on after the head. */
export interface TracedAttempt {
  readonly attempt: PackAttempt;
  readonly state: StateRow | null;
  readonly isProved: boolean;
  readonly transitions: readonly TransitionRow[];
}

/** The rows of a pack, read from their texts, each kind in the order of its ids. */
export interface RecordRows {
  readonly changes: readonly ChangeRow[];
  readonly resolutions: readonly ResolutionRow[];
  readonly attempts: readonly TracedAttempt[];
  readonly judgements: readonly JudgementRow[];
  readonly receipts: readonly ReceiptRow[];
  readonly reveals: readonly RevealRow[];
  readonly history: readonly HistoryRow[];
  readonly policy: readonly PolicyRow[];
  readonly redirects: readonly RedirectRow[];
  readonly holds: readonly HoldRow[];
  readonly consents: readonly ConsentRow[];
  readonly inbound: readonly InboundRow[];
  readonly contactEvents: readonly ContactEventRow[];
  readonly amendments: readonly AmendmentRow[];
  readonly erasures: readonly ErasureRow[];
  readonly repairs: readonly RepairRow[];
  readonly outages: readonly OutageRow[];
}

/** Reads the rows of a pack. */
export function readRows({ rows, attempts }: Pick<Pack, "rows" | "attempts">): RecordRows {
  const bySource = Map.groupBy(rows, (row) => row.source);
  const read = <Row>(source: LeafSource): Row[] =>
    (bySource.get(source) ?? []).map((row) => parseExactJson(row.text) as Row);
  const states = new Map(read<StateRow>("interactions").map((row) => [idOf(row), row]));
  const logged = new Map(read<LoggedRow>("loggedInteractions").map((row) => [String(row.id), row]));
  const history = read<HistoryRow>("recordChanges");
  const transitions = Map.groupBy(read<TransitionRow>("transitions"), idOf);
  return {
    changes: read("caseChanges"),
    resolutions: read("resolutions"),
    attempts: attempts.map((attempt) => {
      const open =
        attempt.openState === null ? null : (parseExactJson(attempt.openState) as StateRow);
      const first = logged.get(attempt.interactionId);
      const proved =
        first === undefined
          ? states.get(attempt.interactionId)
          : loggedState(first, historyOf(attempt.interactionId, history), open);
      return {
        attempt,
        state: proved ?? open,
        isProved: proved !== undefined,
        transitions: transitions.get(attempt.interactionId) ?? [],
      };
    }),
    judgements: read("judgements"),
    receipts: read("receipts"),
    reveals: read("contentReveals"),
    history,
    policy: read("policyChanges"),
    redirects: read("redirects"),
    holds: read("holds"),
    consents: read("consentRecords"),
    inbound: read("inboundMessages"),
    contactEvents: read("contactEvents"),
    amendments: read("amendments"),
    erasures: read("erasures"),
    repairs: read("repairs"),
    outages: read("outages"),
  };
}

/** The recorded changes of an interaction. */
export const historyOf = (interactionId: string, history: readonly HistoryRow[]): HistoryRow[] =>
  history.filter((row) => row.table_name === "interactions" && row.row_id === interactionId);

/** A logged interaction as it was logged. */
type LoggedRow = Omit<StateRow, "interaction_id" | "origin"> & { readonly id: number };

/** The state that follows from the row as it was logged and its changes. Changed content is taken from the present state. */
function loggedState(
  first: LoggedRow,
  history: readonly HistoryRow[],
  open: StateRow | null,
): StateRow {
  const state: Record<string, unknown> = { ...first, interaction_id: first.id, origin: "logged" };
  const changes = history.flatMap((row) => Object.entries(row.changes));
  // the row itself has what is left of an erased value
  for (const [column, change] of changes.filter(([, one]) => !("erased" in one)))
    state[column] = column === "content" ? (open?.content ?? null) : (change.to ?? null);
  return state as unknown as StateRow;
}

const idOf = ({ interaction_id }: { readonly interaction_id: number }): string =>
  String(interaction_id);
