import { sql } from "kysely";
import type { BorrowerId, CaseChangeId, CaseId, InteractionId } from "../../domain/ids.ts";
import type { Channel, InteractionStatus, Origin } from "../../domain/vocabulary.ts";
import {
  conditionOf,
  type InteractionFilter,
  withoutUnknownSubjects,
} from "../api/interaction-filter.ts";
import { rowsWithin, type Span, spansOf } from "../api/list-spans.ts";
import type { Db } from "../postgres/db.ts";

/** An interaction in a list for operators. It holds ids and no personal data. */
export interface FoundInteraction {
  readonly id: InteractionId;
  readonly origin: Origin;
  readonly createdAt: Date;
  readonly dueAt: Date | null;
  readonly channel: Channel;
  readonly notificationTypeId: number | null;
  readonly notificationTypeVersion: number | null;
  readonly caseId: CaseId | null;
  readonly caseChangeId: CaseChangeId | null;
  readonly borrowerId: BorrowerId | null;
  readonly loanId: string | null;
  readonly attempt: number;
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
  /** The failure in a few words, or the rule that holds it back. */
  readonly why: string | null;
  readonly providerMessageId: string | null;
}

/** Returns up to `limit` interactions of the filter, the newest first. */
export async function findInteractions(
  db: Db,
  wanted: InteractionFilter,
  limit: number,
): Promise<FoundInteraction[]> {
  const filter = await withoutUnknownSubjects(db, wanted);
  const newest = { sortBy: "createdAt", isAscending: false, cursorId: undefined } as const;
  for (const span of await spansOf(db, filter, newest)) {
    const found = await findWithin(db, filter, limit, span);
    if (found.length === limit || span === undefined) return found;
  }
  return [];
}

async function findWithin(
  db: Db,
  filter: InteractionFilter,
  limit: number,
  span: Span,
): Promise<FoundInteraction[]> {
  const { rows } = await sql<FoundInteraction>`
    select i.id, i.origin, i.created_at, i.scheduled_at_from as due_at, i.channel, i.notification_type_id,
      i.notification_type_version, i.case_id, i.case_change_id, i.person_id as borrower_id, i.loan_id, i.attempt, i.status,
      i.status_details, coalesce(i.failure_description_short, i.compliance_guard_rule_id) as why, i.provider_message_id
    from ${rowsWithin(span, conditionOf(filter))}
    order by i.id desc
    limit ${limit}
  `.execute(db);
  return rows;
}

/** The first moment of a day (`YYYY-MM-DD`) in an IANA zone. */
export async function startOfDay(db: Db, day: string, zone: string): Promise<Date | undefined> {
  const { rows } = await sql<{ start: Date }>`
    select ${day}::date::timestamp at time zone ${zone} as start
  `.execute(db);
  return rows[0]?.start;
}
