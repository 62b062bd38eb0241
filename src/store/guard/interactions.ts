import { sql } from "kysely";
import type { BorrowerId, InteractionId } from "../../domain/ids.ts";
import type { Channel, Direction, Origin, StoredReading } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";
import type { KnownAt, Time } from "./known-values.ts";

export interface InteractionRow {
  readonly id: InteractionId;
  readonly borrowerId: BorrowerId;
  readonly origin: Origin;
  readonly channel: Channel;
  readonly direction: Direction | null;
  readonly status: string;
  readonly statusDetails: string | null;
  readonly contactId: string | null;
  readonly loanIds: readonly string[];
  readonly theme: string | null;
  /** The purpose of its template version. */
  readonly kind: string | null;
  /** Started, or due while it is scheduled. A notice that is late counts on the day on which it is claimed. */
  readonly at: Time;
  /** The inbound interaction that this one answers. */
  readonly replyToInboundId: InteractionId | null;
  /** How an inbound interaction was read, also if its words are sealed; null if Tidings did not receive it. */
  readonly reading: StoredReading | null;
  /** True if the provider answered it by itself; null if Tidings did not receive it. */
  readonly providerReplied: boolean | null;
  /** The words of an inbound interaction; null if there are none, or if they are sealed. */
  readonly words: string | null;
}

/** The longest span of a rule is 30 consecutive days, which begin on a local day. */
const HISTORY_DAYS = 31;
/** Longer messages are read in part. An opt-out is not hidden behind so many characters. */
const MOST_CHARACTERS = 10_000;

/** Once a person has read unclear words, that reading counts. */
const readingOf = (knownAt: KnownAt | null) => sql`case
  when q.reading = 'unclear' and q.handled_at <= coalesce(${knownAt}::timestamptz, 'infinity') then
    case when exists (
      select from tidings.consent_records c where c.interaction_id = i.id and c.change = 'optOut'
    ) then 'optOut' else 'none' end
  else q.reading end`;

/** Which interactions are loaded. */
export interface HistoryWanted {
  readonly borrowerIds: readonly BorrowerId[];
  /** The contacts of third persons, whose whole history counts. */
  readonly thirdPersons: readonly string[];
  readonly at: Date;
  /** Null: as they are. */
  readonly knownAt: KnownAt | null;
}

/**
 * Loads the interactions of the borrowers that rules count: those of the last 31 days, those that are planned, those
 * with third persons, and all inbound ones.
 */
export async function loadInteractions(
  db: Db,
  { borrowerIds, thirdPersons, at, knownAt }: HistoryWanted,
): Promise<InteractionRow[]> {
  const { rows } = await sql<InteractionRow>`
    select i.id, i.person_id as borrower_id, i.origin, i.channel, i.direction, s.status, s.status_details, i.contact_id,
      array(select unnest(i.loan_ids) union select i.loan_id where i.loan_id is not null) as loan_ids, i.theme, m.kind,
      case when s.status = 'scheduled' then coalesce(i.scheduled_at_from, i.started_at, i.created_at)
        else coalesce(i.started_at, i.scheduled_at_from, i.created_at) end as at,
      coalesce(i.reply_id, p.id) as reply_to_inbound_id, ${readingOf(knownAt)} as reading, q.provider_replied,
      case when i.direction = 'inbound' and not coalesce(i.content ? 'sealed', false) then left(coalesce(
        i.content->>'body', i.content->>'bodyText', i.content->>'transcript',
        (select string_agg(w.said->>'body', E'\n') from jsonb_path_query(i.content, '$.messages[*]') w(said))
      ), ${MOST_CHARACTERS}) end as words
    from tidings.interactions i
    cross join lateral (
      select i.status::text as status, i.status_details where ${knownAt}::timestamptz is null
      union all
      (
        select t.to_status, t.to_status_details from tidings.interaction_transitions t
        where t.interaction_id = i.id and t.moved_at <= ${knownAt}::timestamptz
        order by t.id desc
        limit 1
      )
    ) s
    left join tidings.interactions p on p.id = i.previous_interaction_id and p.direction = 'inbound'
    left join tidings.inbound_messages q on q.interaction_id = i.id and i.direction = 'inbound'
    left join tidings.templates m on m.id = i.template_id and m.version = i.template_version
    where i.person_id = any(${borrowerIds}::text[]) and i.deleted_at is null
      -- a notice that is held for a person reserves no place
      and not (i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from is null)
      and (i.direction = 'inbound' or i.status in ('scheduled', 'inProgress') or i.contact_id = any(${thirdPersons}::text[])
        or coalesce(i.started_at, i.scheduled_at_from, i.created_at) >= ${at}::timestamptz - make_interval(days => ${HISTORY_DAYS}))
    order by i.id
  `.execute(db);
  return rows;
}
