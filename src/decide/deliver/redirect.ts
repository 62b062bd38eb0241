import type { FactSheet } from "../../domain/deliver/fact-sheet.ts";
import type { Redirect, RedirectOptions, RedirectTemplate } from "../../domain/deliver/redirect.ts";
import type { RedirectTarget } from "../../domain/guard/verdict.ts";
import type { ContactId, InteractionId } from "../../domain/ids.ts";
import type { Withheld } from "../../domain/interaction.ts";
import type { Lender } from "../../domain/lender.ts";
import type { StopRuleId } from "../../domain/delivery-rules.ts";
import type { Channel, SendableChannel } from "../../domain/vocabulary.ts";
import { chooseTemplate } from "../resolve/choose-template.ts";
import { isSendableChannel } from "./channels/table.ts";
import { type Choice, chooseContact, takeContact } from "./choose-contact.ts";
import { purposeOf } from "./purpose.ts";

/** A notice that a rule sends elsewhere, before it is known whether it can go there. */
export interface Elsewhere {
  readonly interactionId: InteractionId;
  /** The rules by which it waits for a person if it cannot go there, the deciding one first. */
  readonly rules: readonly [StopRuleId, ...StopRuleId[]];
  readonly short: string;
  readonly long: string;
  readonly to: RedirectTarget;
}

/** The facts about such a notice. */
export interface ElsewhereFacts extends RedirectOptions {
  readonly facts: FactSheet;
  /** The contact that would have been used. */
  readonly contactId: ContactId;
  readonly lender: Pick<Lender, "country" | "languages">;
  readonly now: Date;
}

/** A redirect, or a hold whose reason says why the notice cannot go there by itself. */
export type RedirectDecision =
  | { readonly kind: "redirect"; readonly redirect: Redirect }
  | { readonly kind: "hold"; readonly withheld: Withheld };

/** The channel by which a notice goes elsewhere. */
export const channelOf = ({ to }: Elsewhere, { channel }: Pick<FactSheet, "channel">): Channel =>
  to.channel ?? channel;

/**
 * Decides whether a notice can go where a rule sends it: the contact must be usable on a channel that Tidings carries, the notice must
 * not have left it before, and on another channel there must be a template of the notice. Otherwise a person decides.
 */
export function redirectOf(wish: Elsewhere, known: ElsewhereFacts): RedirectDecision {
  if (known.facts.reply !== null)
    return held(wish, "A confirmation goes only to the number from which the opt-out came.");
  const channel = channelOf(wish, known.facts);
  if (!isSendableChannel(channel)) return held(wish, `Tidings does not send by ${channel}.`);
  const choice = contactOf(wish, channel, known);
  if (choice.kind === "none") return held(wish, choice.long);
  const toContactId = choice.contact.id;
  if (toContactId === known.contactId || known.left.includes(toContactId))
    return held(wish, `It has left contact ${toContactId} before.`);
  const template = templateFor(channel, known);
  if (template === undefined)
    return held(wish, `No active template of its subject is for ${channel}.`);
  const { interactionId, rules, short, long } = wish;
  return {
    kind: "redirect",
    redirect: {
      interactionId,
      ruleId: rules[0],
      short,
      long: `${long} It goes to contact ${toContactId} by ${channel}, as another interaction.`,
      fromContactId: known.contactId,
      toContactId,
      channel,
      template,
      dueAt: known.now,
    },
  };
}

function contactOf(
  { to: { contactId, party } }: Elsewhere,
  channel: SendableChannel,
  { facts, lender: { country } }: ElsewhereFacts,
): Choice {
  if (contactId !== undefined) return takeContact(contactId, { ...facts, channel }, country);
  if (party === "attorney" || party === "estate") return unknownContactOf(party);
  return chooseContact(channel, facts.contacts, country, purposeOf(facts));
}

const unknownContactOf = (party: string): Choice => ({
  kind: "none",
  untilRead: false,
  short: "No contact",
  long: `No contact of the ${party} is on record.`,
});

/** Null if the template stays; undefined if there is none for the channel. */
function templateFor(
  channel: SendableChannel,
  { facts, lender, templates }: ElsewhereFacts,
): RedirectTemplate | null | undefined {
  if (channel === facts.channel) return null;
  const choice = chooseTemplate(
    { templateId: templates[0]?.id ?? null, templates },
    facts.borrower.language,
    lender.languages,
  );
  if (choice === undefined) return undefined;
  const { id, version, sensitive } = choice.template;
  return { id, version, sensitive, explanation: choice.explanation };
}

function held(wish: Elsewhere, why: string): RedirectDecision {
  const { interactionId, rules, short, long } = wish;
  return {
    kind: "hold",
    withheld: {
      interactionId,
      status: "scheduled",
      ruleId: rules[0],
      short,
      long: `${long} It was not sent there: ${why} Correct that and release it, or send it by hand and refuse it here.`,
      until: null,
      heldBy: rules,
    },
  };
}
