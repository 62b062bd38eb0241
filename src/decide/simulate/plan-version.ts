import type { FactsInput } from "../../domain/guard/facts.ts";
import type { BorrowerId } from "../../domain/ids.ts";
import type { CaseChange } from "../../domain/resolve/case-change.ts";
import type { NotificationTypeVersion } from "../../domain/resolve/notification-type.ts";
import type { Compared, Replayed } from "../../domain/simulate/replay.ts";
import { match } from "../resolve/match.ts";
import { type Planning, termsOf } from "../resolve/plan.ts";

/** The version that is tried, and the data for planning. */
export interface Trial {
  readonly type: NotificationTypeVersion;
  readonly planning: Planning;
  readonly languageOf: (borrowerId: BorrowerId) => string;
  readonly fromTemplate: (templateId: number, version: number) => Partial<FactsInput["message"]>;
}

/** A message to be judged, or one whose fate is known without the guard; null if there is none and there was none. */
export type Tried =
  | { readonly kind: "judge"; readonly replayed: Replayed }
  | { readonly kind: "compared"; readonly compared: Compared }
  | null;

const NOT_PLANNED = { fate: "notPlanned", ruleId: null } as const;

/** Plans the message of a change by the version, next to the one on record. */
export function tryVersion(
  change: CaseChange,
  onRecord: Replayed | undefined,
  { type, planning, languageOf, fromTemplate }: Trial,
): Tried {
  const matched = match(change, type);
  if (matched.kind === "silent")
    return onRecord === undefined
      ? null
      : compared(onRecord, { ...NOT_PLANNED, long: matched.long });
  const borrowerLanguage = languageOf(change.borrowerId);
  const { changedAt, receivedAt, borrowerId, loanIds } = change;
  const terms = termsOf({ changedAt, receivedAt, borrowerLanguage }, type, planning);
  const { templateId, templateVersion, scheduledAtFrom, failureDescriptionLong: long } = terms;
  const replayed: Replayed = {
    interactionId: onRecord?.interactionId ?? null,
    caseChangeId: change.id,
    borrowerId,
    channel: terms.channel,
    theme: terms.theme,
    isTransactional: terms.isTransactional,
    loanIds,
    contactId: null,
    fromTemplate: fromTemplate(templateId ?? 0, templateVersion ?? 0),
    at: scheduledAtFrom ?? receivedAt,
    latestAt: terms.scheduledAtTo,
    done: onRecord?.done ?? NOT_PLANNED,
  };
  if (scheduledAtFrom !== null) return { kind: "judge", replayed };
  return compared(replayed, { fate: "refused", ruleId: "type.unusable", long });
}

const compared = (replayed: Replayed, would: Compared["would"]): Tried => ({
  kind: "compared",
  compared: { replayed, would },
});
