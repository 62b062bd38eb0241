import type { ConsentKind } from "../../domain/vocabulary.ts";
import { instantOf, instantsOf, withoutUnknown } from "./known-values.ts";
import type { BorrowerRow } from "./people.ts";
import type { ConsentRow, DoNotInteractRow, PreferenceRow } from "./wishes.ts";

/** The requests of a borrower. */
export interface Wishes {
  readonly doNotInteract: readonly DoNotInteractRow[];
  readonly preferences: readonly PreferenceRow[];
  /** The newest last. */
  readonly consents: readonly ConsentRow[];
}

/** Writes the preferences as a fact sheet has them. */
export function preferencesOf(
  { commPreferences }: BorrowerRow,
  { doNotInteract, preferences }: Wishes,
): object {
  const { sendRemindersWhenCurrent } = commPreferences;
  return {
    ...(typeof sendRemindersWhenCurrent === "boolean" && { sendRemindersWhenCurrent }),
    doNotInteract: doNotInteract.map(({ channels, themes, endDate }) =>
      withoutUnknown({ channels: channels ?? ["all"], themes: themes ?? ["all"], endDate }),
    ),
    inconvenientTimes: preferences
      .filter(({ days }) => days !== null)
      .map(({ days, fromTime: from, toTime: to, untilDate, source }) =>
        withoutUnknown({ days, from, to, untilDate, source }),
      ),
    inconvenientPlaces: [...new Set(preferences.flatMap(({ place }) => place ?? []))],
    mediumRefusals: preferences.flatMap(({ medium, contactId, refusedAt }) =>
      refusedAt === null ? [] : [withoutUnknown({ medium, contactId, at: instantOf(refusedAt) })],
    ),
  };
}

/** Writes the consents as a fact sheet has them. The newest of a kind counts. */
export function consentsOf({ consents }: Wishes): object {
  const newest = new Map<ConsentKind, object>();
  for (const { kind, value, holdsFrom: from, holdsUntil: until } of consents)
    if (kind !== "calls") newest.set(kind, { value, ...instantsOf({ from, until }) });
  const calls = consents.filter(({ kind }) => kind === "calls");
  return {
    ...Object.fromEntries(newest),
    calls: calls.map(({ givenAt, firstDay: from, lastDay: until, loanIds }) =>
      withoutUnknown({ ...instantsOf({ givenAt }), from, until, loanIds }),
    ),
  };
}
