import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";
import { type OpenPause, type Paused, SCOPE_IN_WORDS } from "./pauses.ts";

export interface UnknownCount {
  readonly channel: Channel;
  readonly interactions: number;
  /** Those of them that are not looked up any more: a person settles them. */
  readonly held: number;
  /** The id of the oldest one. */
  readonly firstInteractionId: InteractionId;
}

/** Counts the interactions with unknown outcome that no attempt has followed. */
export async function countUnknown(db: Db): Promise<UnknownCount[]> {
  const { rows } = await sql<UnknownCount>`
    select i.channel, count(*)::int as interactions, (count(*) filter (where i.settle_at is null))::int as held,
      min(i.id) as first_interaction_id
    from tidings.interactions i
    where i.origin = 'tidings' and tidings.is_outcome_unknown(i.status, i.status_details)
      -- the condition of has_next_attempt, without a call for each row; "offset 0" keeps the planner from joining all next attempts
      and not exists (select from tidings.interactions n where n.previous_interaction_id = i.id and n.origin = 'tidings' offset 0)
    group by 1
    order by 1
  `.execute(db);
  return rows;
}

/** A pause that is open, with its scope, for `tidings status`. */
export interface ListedPause extends Paused, OpenPause {
  /** The scope in words, such as `everything`, `channel text` or `type 7`. */
  readonly what: string;
  readonly pausedForMs: number;
}

/** Lists the open pauses, the oldest first. A pause whose end has passed is not open. */
export async function listOpenPauses(db: Db): Promise<ListedPause[]> {
  const { rows } = await sql<ListedPause>`
    select p.scope, p.channel, p.notification_type_id, ${SCOPE_IN_WORDS} as what, p.reason, p.paused_at,
      round(extract(epoch from clock_timestamp() - p.paused_at) * 1000)::float8 as paused_for_ms, p.paused_by, p.ends_at
    from tidings.pauses p
    where p.released_at is null and (p.ends_at > now()) is not false
    order by p.id
  `.execute(db);
  return rows;
}

/** The number of jobs of one task: due, running, later, and abandoned by the queue. */
export interface JobCount {
  readonly task: string;
  readonly due: number;
  readonly running: number;
  readonly later: number;
  readonly givenUp: number;
}

/** Counts the jobs of the queue by their task. */
export async function countJobsByTask(db: Db): Promise<JobCount[]> {
  const { rows } = await sql<JobCount>`
    select j.task_identifier as task,
      (count(*) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now()))::int as due,
      (count(*) filter (where j.locked_at is not null))::int as running,
      (count(*) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at > now()))::int as later,
      (count(*) filter (where j.locked_at is null and j.attempts >= j.max_attempts))::int as given_up
    from tidings_queue.jobs j
    group by 1
    order by 1
  `.execute(db);
  return rows;
}

/** The replies of borrowers that wait for a person. */
export interface ReplyCount {
  readonly replies: number;
  readonly oldestMs: number;
  /** Those that may be an opt-out: nothing is sent to their contacts until a person has read them. */
  readonly suppressing: number;
}

/** Counts the replies that wait for a person. */
export async function countReplies(db: Db): Promise<ReplyCount> {
  const { rows } = await sql<ReplyCount>`
    select count(*)::int as replies, coalesce(round(extract(epoch from clock_timestamp() - min(m.received_at)) * 1000)::float8, 0) as oldest_ms,
      (count(*) filter (where m.suppresses))::int as suppressing
    from tidings.inbound_messages m
    where m.is_open
  `.execute(db);
  return rows[0] ?? { replies: 0, oldestMs: 0, suppressing: 0 };
}
