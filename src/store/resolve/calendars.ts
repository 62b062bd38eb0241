import { type QueryExecutorProvider, sql } from "kysely";
import type { CalendarRows } from "../../domain/resolve/calendar.ts";

/** Loads the lender's calendars and closures; days are ISO dates. */
export async function loadCalendars(db: QueryExecutorProvider): Promise<CalendarRows> {
  const { rows } = await sql<CalendarRows>`
    select
      (select coalesce(jsonb_agg(jsonb_build_object('name', c.name, 'basedOn', c.based_on)), '[]') from tidings.calendars c) as calendars,
      (select coalesce(jsonb_agg(jsonb_build_object('calendar', c.calendar, 'day', c.day, 'reason', c.reason)), '[]')
       from tidings.calendar_closures c) as closures
  `.execute(db);
  return rows[0] ?? { calendars: [], closures: [] };
}
