import type { NoticeTerms } from "../interaction.ts";

/** Why a version stays silent on a change. */
export type Silence =
  | "triggerDoesNotHold"
  | "triggerHeldBefore"
  | "conditionNotMet"
  | "laterChangeJudged";

/** The versions that were considered, as `id.version`, by what they made of a change. */
export type Verdicts = Readonly<Partial<Record<"fires" | Silence, readonly string[]>>>;

/** What is written of a set of case changes, in one transaction. Changes that are alike share one entry. */
export interface ResolutionPlan {
  readonly resolutions: readonly {
    readonly verdicts: Verdicts;
    readonly caseChangeIds: readonly string[];
  }[];
  readonly notices: readonly (NoticeTerms & { readonly caseChangeIds: readonly string[] })[];
}
