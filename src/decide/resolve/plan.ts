import type { CaseChange } from "../../domain/case-change.ts";
import type { PlannedInteraction, PlannedNotice } from "../../domain/interaction.ts";
import type { NotificationTypeVersion } from "../../domain/notification-type.ts";
import type { Channel } from "../../domain/vocabulary.ts";
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
  PlannedNotice,
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
function dueOf(changedAt: Date, type: NotificationTypeVersion, planning: Planning): Due {
  if (type.templateVersion === null)
    return failed(
      "No active template",
      `Template ${type.templateId ?? "none"} has no active version: publish one, then send the notice again.`,
    );
  const withinMs = planning.withinMs[type.channel];
  const scheduled = schedule(type, changedAt, planning.zone, planning.calendars);
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

function noticeOf(
  changedAt: Date,
  type: NotificationTypeVersion,
  planning: Planning,
): PlannedNotice {
  return {
    notificationTypeId: type.id,
    notificationTypeVersion: type.version,
    templateId: type.templateId,
    templateVersion: type.templateVersion,
    channel: type.channel,
    theme: type.theme,
    subject: type.subject,
    sensitive: type.sensitive,
    ...dueOf(changedAt, type, planning),
  };
}

/** The interactions one change makes of the active versions linked to its case type. */
export type Plan = (
  change: CaseChange,
  types: readonly NotificationTypeVersion[],
) => PlannedInteraction[];

/**
 * Plans the changes of a set. Changes of one moment, as those of a bulk are, share one notice object for each version: its
 * date is computed once, and it is written out once.
 */
export function planWith(planning: Planning): Plan {
  const notices = new Map<NotificationTypeVersion, Map<number, PlannedNotice>>();
  const shared = (changedAt: Date, type: NotificationTypeVersion): PlannedNotice => {
    const ofType = notices.get(type) ?? new Map<number, PlannedNotice>();
    const notice = ofType.get(changedAt.getTime()) ?? noticeOf(changedAt, type, planning);
    notices.set(type, ofType.set(changedAt.getTime(), notice));
    return notice;
  };
  return (change, types) =>
    types
      .filter((type) => match(change, type).kind === "fires")
      .map((type) => ({ caseChangeId: change.id, notice: shared(change.changedAt, type) }));
}
