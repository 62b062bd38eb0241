import { type QueryExecutorProvider, sql } from "kysely";
import type { BorrowerId } from "../../domain/ids.ts";
import type { Channel, ConsentKind } from "../../domain/vocabulary.ts";
import type { KnownAt, Time } from "./known-values.ts";
import { isStanding } from "./standing.ts";

export interface DoNotInteractRow {
  readonly borrowerId: BorrowerId;
  /** Null: every channel. */
  readonly channels: readonly string[] | null;
  /** Null: every theme. */
  readonly themes: readonly string[] | null;
  readonly endDate: string | null;
}

/** Loads the restrictions that stand, or stood at a time. */
export async function loadDoNotInteract(
  db: QueryExecutorProvider,
  borrowerIds: readonly BorrowerId[],
  knownAt: KnownAt | null,
): Promise<DoNotInteractRow[]> {
  const { rows } = await sql<DoNotInteractRow>`
    select d.borrower_id, d.channels::text[] as channels, d.themes::text[] as themes, d.end_date::text as end_date
    from tidings.do_not_interact d
    where d.borrower_id = any(${borrowerIds}::text[])
      and ${isStanding(sql`d.recorded_at`, sql`d.withdrawn_at`, knownAt)}
    order by d.id
  `.execute(db);
  return rows;
}

export interface ConsentRow {
  readonly borrowerId: BorrowerId;
  readonly kind: ConsentKind;
  readonly value: string;
  readonly holdsFrom: Time;
  readonly holdsUntil: Time | null;
  readonly givenAt: Time | null;
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  readonly loanIds: readonly string[] | null;
}

/** Loads the consents of the borrowers that have begun by `at`, the newest last. */
export async function loadConsents(
  db: QueryExecutorProvider,
  borrowerIds: readonly BorrowerId[],
  at: Date,
  knownAt: KnownAt | null,
): Promise<ConsentRow[]> {
  const { rows } = await sql<ConsentRow>`
    select c.borrower_id, c.kind, c.value, coalesce(c.holds_from, c.recorded_at) as holds_from, c.holds_until, c.given_at,
      c.first_day::text as first_day, c.last_day::text as last_day, c.loan_ids
    from tidings.consents c
    where c.borrower_id = any(${borrowerIds}::text[]) and coalesce(c.holds_from, c.given_at, c.recorded_at) <= ${at}::timestamptz
      and ${isStanding(sql`c.recorded_at`, sql`c.withdrawn_at`, knownAt)}
    order by c.id
  `.execute(db);
  return rows;
}

/** A request of a borrower; its kind has the columns that are not null. */
export interface PreferenceRow {
  readonly borrowerId: BorrowerId;
  readonly days: readonly string[] | null;
  readonly fromTime: string | null;
  readonly toTime: string | null;
  readonly untilDate: string | null;
  readonly place: string | null;
  readonly medium: Channel | null;
  readonly contactId: string | null;
  readonly refusedAt: Time | null;
  readonly source: string;
}

/** Loads the requests of the borrowers that stand, or stood at a time. */
export async function loadPreferences(
  db: QueryExecutorProvider,
  borrowerIds: readonly BorrowerId[],
  knownAt: KnownAt | null,
): Promise<PreferenceRow[]> {
  const { rows } = await sql<PreferenceRow>`
    select p.borrower_id, p.days::text[] as days, to_char(p.from_time, 'HH24:MI') as from_time, to_char(p.to_time, 'HH24:MI') as to_time,
      p.until_date::text as until_date, p.place, p.medium, p.contact_id, p.refused_at, p.source
    from tidings.preferences p
    where p.borrower_id = any(${borrowerIds}::text[])
      and ${isStanding(sql`p.recorded_at`, sql`p.withdrawn_at`, knownAt)}
    order by p.id
  `.execute(db);
  return rows;
}

/** True if the lender has ever recorded an E-SIGN consent, or had by a time. */
export async function isEsignRecorded(
  db: QueryExecutorProvider,
  knownAt: KnownAt | null,
): Promise<boolean> {
  const { rows } = await sql<{ recorded: boolean }>`
    select exists(
      select from tidings.consents c
      where c.kind = 'esign' and c.recorded_at <= coalesce(${knownAt}::timestamptz, 'infinity')
    ) as recorded
  `.execute(db);
  return rows[0]?.recorded === true;
}
