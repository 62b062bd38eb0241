import type { CaseChangeId } from "../../domain/ids.ts";
import type { CaseChange } from "../../domain/resolve/case-change.ts";
import type { NoticeTerms } from "../../domain/interaction.ts";
import type { NotificationTypeVersion } from "../../domain/resolve/notification-type.ts";
import type { ResolutionPlan } from "../../domain/resolve/resolution.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import type { Calendars } from "./calendars.ts";
import { match } from "./match.ts";
import { schedule } from "./schedule.ts";

/** The data for planning in addition to the change and the types. */
export interface Planning {
  /** The lender's IANA time zone. */
  readonly zone: string;
  readonly calendars: Calendars;
  /**
   * The time within which a notice may be sent after it became due, or after its change arrived if that was later, by
   * channel (ms).
   */
  readonly withinMs: Partial<Record<Channel, number | undefined>>;
}

type Due = Pick<
  NoticeTerms,
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

type Dated = Pick<CaseChange, "changedAt" | "receivedAt">;

const MINUTE_MS = 60_000;
/**
 * A notice whose change arrives after its date can be sent only then, so its time is counted from the arrival. Whole
 * minutes, so that the changes of a bulk, which arrive microseconds apart, share a notice.
 */
const arrivedBy = ({ receivedAt }: Dated): number =>
  Math.ceil(receivedAt.getTime() / MINUTE_MS) * MINUTE_MS;

/** A notice without a possible date or template is recorded as failed: it is neither sent at once nor forgotten. */
function dueOf(change: Dated, type: NotificationTypeVersion, planning: Planning): Due {
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
    scheduledAtTo:
      withinMs === undefined
        ? null
        : new Date(Math.max(scheduled.dueAt.getTime(), arrivedBy(change)) + withinMs),
    dueExplanation: scheduled.explanation,
    failureDescriptionShort: null,
    failureDescriptionLong: null,
  };
}

/** Returns the terms of the notice that a firing version makes of a change at this moment. */
export function termsOf(
  change: Dated,
  type: NotificationTypeVersion,
  planning: Planning,
): NoticeTerms {
  return {
    notificationTypeId: type.id,
    notificationTypeVersion: type.version,
    templateId: type.templateId,
    templateVersion: type.templateVersion,
    channel: type.channel,
    theme: type.theme,
    subject: type.subject,
    sensitive: type.sensitive,
    ...dueOf(change, type, planning),
  };
}

/** Collects the resolutions of a batch of changes. */
export interface Planner {
  /** Matches one change with the active versions linked to its case type. */
  add(change: CaseChange, types: readonly NotificationTypeVersion[]): void;
  plan(): ResolutionPlan;
}

type Mutable<Entry extends { readonly caseChangeIds: readonly CaseChangeId[] }> = Omit<
  Entry,
  "caseChangeIds"
> & { readonly caseChangeIds: CaseChangeId[] };

/**
 * Plans the changes of a batch. Changes of the same moment, as in a bulk, share one notice for each version, so its
 * date is computed and written once.
 */
export function createPlanner(planning: Planning): Planner {
  const resolutions = new Map<string, Mutable<ResolutionPlan["resolutions"][number]>>();
  const notices = new Map<string, Mutable<ResolutionPlan["notices"][number]>>();

  const addNotice = (change: CaseChange, type: NotificationTypeVersion): void => {
    const key = `${type.id} ${change.changedAt.getTime()} ${arrivedBy(change)}`;
    const known = notices.get(key);
    if (known !== undefined) return void known.caseChangeIds.push(change.id);
    notices.set(key, { ...termsOf(change, type, planning), caseChangeIds: [change.id] });
  };

  return {
    add(change, types) {
      const verdicts: Record<string, string[]> = {};
      for (const type of types) {
        const matched = match(change, type);
        const verdict = matched.kind === "fires" ? matched.kind : matched.why;
        (verdicts[verdict] ??= []).push(`${type.id}.${type.version}`);
        if (matched.kind === "fires") addNotice(change, type);
      }
      const key = JSON.stringify(verdicts);
      const alike = resolutions.get(key);
      if (alike !== undefined) return void alike.caseChangeIds.push(change.id);
      resolutions.set(key, { verdicts, caseChangeIds: [change.id] });
    },
    plan: () => ({ resolutions: [...resolutions.values()], notices: [...notices.values()] }),
  };
}
