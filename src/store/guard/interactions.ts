import { type QueryExecutorProvider, type RawBuilder, sql } from "kysely";
import type { HistoryItem } from "../../domain/guard/facts.ts";
import type { Instant } from "../../domain/guard/moments.ts";
import type { BorrowerId, InteractionId } from "../../domain/ids.ts";
import type {
  Channel,
  Direction,
  MessageKind,
  Origin,
  StoredReading,
  Theme,
} from "../../domain/vocabulary.ts";
import type { KnownAt } from "./known-values.ts";

export interface InteractionRow {
  readonly id: InteractionId;
  readonly borrowerId: BorrowerId;
  readonly origin: Origin;
  readonly channel: Channel;
  readonly direction: Direction | null;
  readonly status: HistoryItem["status"];
  readonly statusDetails: string | null;
  readonly contactId: string | null;
  /** Without repetitions. */
  readonly loanIds: readonly string[];
  readonly theme: Theme | null;
  /** The purpose of its template version. */
  readonly kind: MessageKind | null;
  /** Started, or due while it is scheduled. A notice that is late counts on the day on which it is claimed. */
  readonly at: Instant;
  /** The inbound interaction that this one answers. */
  readonly replyToInboundId: InteractionId | null;
  /** The reading of an inbound interaction, also if its words are sealed; null if Tidings did not receive it. */
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

/** The selection of the interactions to load. */
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
  db: QueryExecutorProvider,
  { borrowerIds, thirdPersons, at, knownAt }: HistoryWanted,
): Promise<InteractionRow[]> {
  const { rows } = await sql<Packed>`
    select i.person_id as borrower, '[' || string_agg(${packed(knownAt)}, ',' order by i.id) || ']' as items
    from tidings.interactions i
    ${knownAt === null ? sql`` : statusThen(knownAt)}
    left join tidings.templates m on m.id = i.template_id and m.version = i.template_version
    where i.person_id = any(${borrowerIds}::text[]) and i.deleted_at is null
      -- a notice that is held for a person reserves no place
      and not (i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from is null)
      and (i.direction = 'inbound' or i.status in ('scheduled', 'inProgress') or i.contact_id = any(${thirdPersons}::text[])
        or coalesce(i.started_at, i.scheduled_at_from, i.created_at) >= ${at}::timestamptz - make_interval(days => ${HISTORY_DAYS}))
    group by i.person_id
  `.execute(db);
  return rows.flatMap(({ borrower, items }) =>
    (JSON.parse(items) as Item[]).map((item) => rowOf(borrower, item)),
  );
}

/** The interactions of a borrower as JSON. Read as columns of rows they took four times as long in Node. */
interface Packed {
  readonly borrower: BorrowerId;
  readonly items: string;
}

/** A null word is written as an empty text. The time is in microseconds. */
type Item = readonly [
  id: InteractionId,
  origin: Origin,
  channel: Channel,
  direction: Direction | "",
  status: InteractionRow["status"],
  theme: Theme | "",
  kind: MessageKind | "",
  repliesTo: InteractionId | "",
  at: number,
  statusDetails: string | null,
  contactId: string | null,
  loanId: string | null,
  loanIds: readonly unknown[],
  inbound?: {
    readonly reading: StoredReading | null;
    readonly replied: boolean | null;
    readonly words: string | null;
  } | null,
];

/** Writes an interaction `i` as an `Item`. The ids and the words of the vocabulary need no escapes. */
function packed(knownAt: KnownAt | null): RawBuilder<unknown> {
  const status = knownAt === null ? sql`i.status` : sql`s.status`;
  const details = knownAt === null ? sql`i.status_details` : sql`s.status_details`;
  return sql`concat('["', i.id, '","', i.origin, '","', i.channel, '","', i.direction, '","', ${status}, '","', i.theme, '","', m.kind, '","',
    case when i.reply_id is not null then i.reply_id
      when i.previous_interaction_id is not null then (
        select p.id from tidings.interactions p where p.id = i.previous_interaction_id and p.direction = 'inbound'
      ) end, '",',
    (date_part('epoch', case when ${status} = 'scheduled' then coalesce(i.scheduled_at_from, i.started_at, i.created_at)
      else coalesce(i.started_at, i.scheduled_at_from, i.created_at) end) * 1000000)::bigint, ',',
    coalesce(to_json(${details})::text, 'null'), ',', coalesce(to_json(i.contact_id)::text, 'null'), ',',
    coalesce(to_json(i.loan_id)::text, 'null'), ',', array_to_json(i.loan_ids),
    case when i.direction = 'inbound' then concat(',', ${received(knownAt)}) end, ']')`;
}

/** The status `s` that an interaction `i` had at a time, and the transition that led to it. */
export const statusThen = (knownAt: KnownAt): RawBuilder<unknown> => sql`cross join lateral (
  select t.id as transition_id, t.to_status as status, t.to_status_details as status_details from tidings.interaction_transitions t
  where t.interaction_id = i.id and t.moved_at <= ${knownAt}::timestamptz
  order by t.id desc
  limit 1
) s`;

/** The reading and words of an inbound interaction `i`. Once a person has read unclear words, that reading counts. */
const received = (knownAt: KnownAt | null): RawBuilder<unknown> => sql`(
  select json_build_object(
    'reading', case
      when q.reading = 'unclear' and q.handled_at <= coalesce(${knownAt}::timestamptz, 'infinity') then
        case when exists (
          select from tidings.consent_records c where c.interaction_id = i.id and c.change = 'optOut'
        ) then 'optOut' else 'none' end
      else q.reading end,
    'replied', q.provider_replied,
    'words', case when not coalesce(i.content ? 'sealed', false) then left(coalesce(
      i.content->>'body', i.content->>'bodyText', i.content->>'transcript',
      (select string_agg(w.said->>'body', E'\n') from jsonb_path_query(i.content, '$.messages[*]') w(said))
    ), ${MOST_CHARACTERS}) end)
  from (values (1)) one
  left join tidings.inbound_messages q on q.interaction_id = i.id
)`;

function rowOf(borrowerId: BorrowerId, item: Item): InteractionRow {
  const [id, origin, channel, direction, status, theme, kind, repliesTo, at, ...rest] = item;
  const [statusDetails, contactId, loanId, loanIds, inbound] = rest;
  return {
    id,
    borrowerId,
    origin,
    channel,
    direction: direction === "" ? null : direction,
    status,
    statusDetails,
    contactId,
    loanIds: loansOf(loanId, loanIds),
    theme: theme === "" ? null : theme,
    kind: kind === "" ? null : kind,
    at: Math.floor(at / 1_000),
    replyToInboundId: repliesTo === "" ? null : repliesTo,
    reading: inbound?.reading ?? null,
    providerReplied: inbound?.replied ?? null,
    words: inbound?.words ?? null,
  };
}

/** A list of the core system may have more than one dimension. */
function loansOf(loanId: string | null, loanIds: readonly unknown[]): readonly string[] {
  const only = loanIds.length === 0 || (loanIds.length === 1 && loanIds[0] === loanId);
  if (only) return loanId === null ? [] : [loanId];
  const all = loanIds.flat(Number.POSITIVE_INFINITY) as string[];
  return [...new Set(loanId === null ? all : [...all, loanId])];
}
