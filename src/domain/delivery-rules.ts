import type { RuleId } from "./guard/rule-ids.ts";

/**
 * The rules that hold an interaction back when it is due, with their meaning. The interaction has the id of its rule in
 * `compliance_guard_rule_id`, and its events name it. `docs/statuses.md` lists them.
 */
export const DELIVERY_RULES = {
  "schedule.expired": "Its latest time has passed.",
  "claims.exhausted":
    "The provider was called as often as allowed, and neither accepted nor refused it.",
  "case.moved": "The case no longer satisfies the trigger, and the notification type cancels then.",
  "pause.open": "Everything, its channel or its notification type is paused. It waits.",
  "content.noKey": "Its content is sensitive and CONTENT_KEY is not set. It waits.",
  "reply.unread":
    "A reply from its only contact may be an opt-out, and no person has read it. It waits.",
  "contact.none": "The borrower has no contact that it can be sent to.",
  "recipients.notAllowed": "RECIPIENTS_ALLOWED does not contain the recipient.",
  "template.missing": "The template version does not exist.",
  "template.faulty": "The template cannot be rendered with the facts.",
  "facts.invalid":
    "The facts that the guard needs do not fit their form. It is held until a person has corrected them.",
  "guard.failed": "The guard could not judge it, by a fault of ours. It is held.",
  "redirect.contactUnusable":
    "A redirect sends it to a contact that can no longer be used. It is held.",
  "channel.notCarried": "No provider is set for its channel.",
  "provider.misconfigured":
    "The provider refuses our account, sender or every recipient. It waits.",
} as const satisfies Readonly<Record<string, string>>;

export type DeliveryRuleId = keyof typeof DELIVERY_RULES;
/** A rule that holds an interaction back: one of delivery, or one of the guard. */
export type StopRuleId = DeliveryRuleId | RuleId;
