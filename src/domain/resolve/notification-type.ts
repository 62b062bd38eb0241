import type {
  CaseStatus,
  Channel,
  DataType,
  DelayUnit,
  Operator,
  Outcome,
  Theme,
} from "../vocabulary.ts";
import type { TemplateOption } from "../template-choice.ts";

/** One filter on a case field. The older form `{fieldName, value}` omits the last two. */
export interface Condition {
  readonly fieldName: string;
  readonly value?: unknown;
  readonly operator?: Operator;
  readonly dataType?: DataType;
}

/** The trigger and the conditions of a version. The database ensures that at least one of the first two is set. */
export interface FiringRule {
  readonly onStatus: CaseStatus | null;
  readonly onOutcome: Outcome | null;
  readonly onCondition: readonly Condition[];
}

/** The delay after the change. */
export interface Delay {
  readonly delay: number | null;
  readonly unit: DelayUnit | null;
  /** The name of a business-day calendar, built in or the lender's own. */
  readonly calendar: string;
}

/** An active version with the template versions that are active at the same moment. It and one of them are pinned when it fires. */
export interface NotificationTypeVersion extends FiringRule, Delay {
  readonly id: number;
  readonly version: number;
  readonly channel: Channel;
  readonly theme: Theme | null;
  /** The template that it names. The borrower may get another one of the same family, in another language. */
  readonly templateId: number | null;
  /** The active versions of the named template and of its family. */
  readonly templates: readonly TemplateOption[];
}
