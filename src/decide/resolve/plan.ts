import type { CaseChangeId } from "../../domain/ids.ts";
import type { CaseChange } from "../../domain/resolve/case-change.ts";
import type { NoticeTerms } from "../../domain/interaction.ts";
import type { NotificationTypeVersion } from "../../domain/resolve/notification-type.ts";
import type { ResolutionPlan } from "../../domain/resolve/resolution.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import type { Calendars } from "./calendars.ts";
import { chooseTemplate } from "./choose-template.ts";
import { match } from "./match.ts";
import { schedule } from "./schedule.ts";
import { MINUTE_MS } from "../../domain/values/durations.ts";

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
  /** The lender's languages, in order of preference (BCP 47). */
  readonly languages: readonly string[];
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

/** The part of a change that the terms of its notices depend on. */
export interface Subject extends Pick<CaseChange, "changedAt" | "receivedAt"> {
  readonly borrowerLanguage: string;
}
type Dated = Pick<Subject, "changedAt" | "receivedAt">;

/**
 * A notice whose change arrives after its date can be sent only then, so its time is counted from the arrival. Whole
 * minutes, so that the changes of a bulk, which arrive microseconds apart, share a notice.
 */
const arrivedBy = ({ receivedAt }: Dated): number =>
  Math.ceil(receivedAt.getTime() / MINUTE_MS) * MINUTE_MS;

/** A notice without a possible date is recorded as failed: it is neither sent at once nor forgotten. */
function dueOf(change: Dated, type: NotificationTypeVersion, planning: Planning): Due {
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
  subject: Subject,
  type: NotificationTypeVersion,
  planning: Planning,
): NoticeTerms {
  const { channel, theme } = type;
  const terms = {
    notificationTypeId: type.id,
    notificationTypeVersion: type.version,
    channel,
    theme,
  };
  const choice = chooseTemplate(type, subject.borrowerLanguage, planning.languages);
  if (choice === undefined) return { ...terms, ...withoutTemplate(type) };
  const { template, explanation } = choice;
  return {
    ...terms,
    templateId: template.id,
    templateVersion: template.version,
    templateExplanation: explanation,
    subject: template.subject,
    sensitive: template.sensitive,
    isTransactional: template.isTransactional,
    ...dueOf(subject, type, planning),
  };
}

/** A notice without a template is recorded as failed, like one without a date. */
const withoutTemplate = ({ templateId }: NotificationTypeVersion): Due & TemplateTerms => ({
  templateId,
  templateVersion: null,
  templateExplanation: null,
  subject: null,
  sensitive: false,
  isTransactional: null,
  ...failed(
    "No active template",
    `Template ${templateId ?? "none"} has no active version: publish one, then send the notice again.`,
  ),
});

type TemplateTerms = Pick<
  NoticeTerms,
  | "templateId"
  | "templateVersion"
  | "templateExplanation"
  | "subject"
  | "sensitive"
  | "isTransactional"
>;

/** Collects the resolutions of a batch of changes. */
export interface Planner {
  /** Matches one change with the active versions linked to its case type. */
  add(
    change: CaseChange,
    types: readonly NotificationTypeVersion[],
    borrowerLanguage: string,
  ): void;
  plan(): ResolutionPlan;
}

type Mutable<Entry extends { readonly caseChangeIds: readonly CaseChangeId[] }> = Omit<
  Entry,
  "caseChangeIds"
> & { readonly caseChangeIds: CaseChangeId[] };

/**
 * Plans the changes of a batch. Changes of the same moment and language, as in a bulk, share one notice for each version, so
 * its date is computed and written once.
 */
export function createPlanner(planning: Planning): Planner {
  const resolutions = new Map<string, Mutable<ResolutionPlan["resolutions"][number]>>();
  const notices = new Map<string, Mutable<ResolutionPlan["notices"][number]>>();

  const addNotice = (id: CaseChangeId, subject: Subject, type: NotificationTypeVersion): void => {
    const key = `${type.id} ${subject.changedAt.getTime()} ${arrivedBy(subject)} ${subject.borrowerLanguage}`;
    const known = notices.get(key);
    if (known !== undefined) return void known.caseChangeIds.push(id);
    notices.set(key, { ...termsOf(subject, type, planning), caseChangeIds: [id] });
  };

  return {
    add(change, types, borrowerLanguage) {
      const { changedAt, receivedAt } = change;
      const subject = { changedAt, receivedAt, borrowerLanguage };
      const verdicts: Record<string, string[]> = {};
      for (const type of types) {
        const matched = match(change, type);
        const verdict = matched.kind === "fires" ? matched.kind : matched.why;
        (verdicts[verdict] ??= []).push(`${type.id}.${type.version}`);
        if (matched.kind === "fires") addNotice(change.id, subject, type);
      }
      const key = JSON.stringify(verdicts);
      const alike = resolutions.get(key);
      if (alike !== undefined) return void alike.caseChangeIds.push(change.id);
      resolutions.set(key, { verdicts, caseChangeIds: [change.id] });
    },
    plan: () => ({ resolutions: [...resolutions.values()], notices: [...notices.values()] }),
  };
}
