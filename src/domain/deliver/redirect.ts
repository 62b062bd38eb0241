import type { StopRuleId } from "../delivery-rules.ts";
import type { ContactId, InteractionId } from "../ids.ts";
import type { TemplateExplanation, TemplateOption } from "../template-choice.ts";
import type { SendableChannel } from "../vocabulary.ts";

/** Sends a notice to another contact: its interaction ends, and the next attempt of its chain goes there. */
export interface Redirect {
  readonly interactionId: InteractionId;
  readonly ruleId: StopRuleId;
  /** The reason that the interaction gets when it is canceled. One that has failed keeps its own. */
  readonly short: string;
  readonly long: string;
  /** The contact that would have been used, or that the notice did not reach. */
  readonly fromContactId: ContactId;
  readonly toContactId: ContactId;
  readonly channel: SendableChannel;
  /** Null: the template stays, because the channel does. */
  readonly template: RedirectTemplate | null;
  /** The moment at which the next attempt is due. */
  readonly dueAt: Date;
}

/** The template of a redirected notice on its new channel. */
export interface RedirectTemplate {
  readonly id: number;
  readonly version: number;
  readonly sensitive: boolean;
  readonly explanation: TemplateExplanation;
}

/** The contacts and templates that a redirect may or may not use. */
export interface RedirectOptions {
  /** The contacts that its chain has left or used: it never goes back to one. */
  readonly left: readonly ContactId[];
  /** The active templates of its subject on the new channel. */
  readonly templates: readonly TemplateOption[];
}
