import type { CaseChangeId } from "../ids.ts";
import type { NoticeTerms } from "../interaction.ts";

/** The reason why a version does not fire on a change. */
export type Silence =
  | "triggerDoesNotHold"
  | "triggerHeldBefore"
  | "conditionNotMet"
  | "laterChangeJudged";

/** The versions that were considered, as `id.version`, grouped by the result for a change. */
export type Verdicts = Readonly<Partial<Record<"fires" | Silence, readonly string[]>>>;

/** The data written for a batch of case changes, in one transaction. Equal changes share one entry. */
export interface ResolutionPlan {
  readonly resolutions: readonly {
    readonly verdicts: Verdicts;
    readonly caseChangeIds: readonly CaseChangeId[];
  }[];
  readonly notices: readonly (NoticeTerms & { readonly caseChangeIds: readonly CaseChangeId[] })[];
}
