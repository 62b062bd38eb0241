import type { CaseChange } from "../domain/case-change.ts";
import type { PlannedInteraction } from "../domain/interaction.ts";
import type { NotificationTypeVersion } from "../domain/notification-type.ts";
import type { Channel } from "../domain/vocabulary.ts";
import type { Calendars } from "./calendars.ts";
import { match } from "./match.ts";
import { schedule } from "./schedule.ts";

/** What planning needs to know beside the change and the types. */
export interface Planning {
  /** The lender's IANA time zone. */
  readonly zone: string;
  readonly calendars: Calendars;
  /** How long after it fell due a notice may still leave, by channel (ms); absent: for ever. */
  readonly withinMs: Partial<Record<Channel, number | undefined>>;
}

type Due = Pick<
  PlannedInteraction,
  | "status"
  | "scheduledAtFrom"
  | "scheduledAtTo"
  | "dueExplanation"
  | "failureDescriptionShort"
  | "failureDescriptionLong"
>;

const failed = (short: string, long: string): Due => ({
  status: "failed",
  scheduledAtFrom: null,
  scheduledAtTo: null,
  dueExplanation: null,
  failureDescriptionShort: short,
  failureDescriptionLong: long,
});

/** A notice whose date or words cannot be had is put on record as failed: it is neither sent at once nor forgotten. */
function dueOf(change: CaseChange, type: NotificationTypeVersion, planning: Planning): Due {
  if (type.templateVersion === null)
    return failed(
      "No active template",
      `Template ${type.templateId ?? "none"} has no active version: publish one, then send the notice again.`,
    );
  const withinMs = planning.withinMs[type.channel];
  const scheduled = schedule(type, change.changedAt, planning.zone, planning.calendars);
  if (scheduled.kind === "impossible") return failed(scheduled.short, scheduled.long);
  return {
    status: "scheduled",
    scheduledAtFrom: scheduled.dueAt,
    scheduledAtTo: withinMs === undefined ? null : new Date(scheduled.dueAt.getTime() + withinMs),
    dueExplanation: scheduled.explanation,
    failureDescriptionShort: null,
    failureDescriptionLong: null,
  };
}

/** The interactions one change makes of the active versions linked to its case type. */
export function plan(
  change: CaseChange,
  types: readonly NotificationTypeVersion[],
  planning: Planning,
): PlannedInteraction[] {
  const firing = types.filter((type) => match(change, type).kind === "fires");
  return firing.map((type) => ({
    caseChangeId: change.id,
    notificationTypeId: type.id,
    notificationTypeVersion: type.version,
    templateId: type.templateId,
    templateVersion: type.templateVersion,
    channel: type.channel,
    theme: type.theme,
    subject: type.subject,
    sensitive: type.sensitive,
    ...dueOf(change, type, planning),
  }));
}
