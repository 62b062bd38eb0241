import type { Contact } from "../../domain/deliver/contact.ts";
import type { FactSheet } from "../../domain/deliver/fact-sheet.ts";
import type { Claim, Withheld } from "../../domain/interaction.ts";
import type { Lender } from "../../domain/lender.ts";
import type { Message } from "../../domain/deliver/message.ts";
import type { Template, TemplateFacts } from "../../domain/template/template.ts";
import type { Reason } from "../../domain/deliver/verdict.ts";
import type { SendableChannel } from "../../domain/vocabulary.ts";
import { CHANNEL_RULES, isSendableChannel } from "./channels/table.ts";
import { type Links, optOutLink, unsubscribeHeaders } from "../replies/unsubscribe.ts";
import { messageIdLocalPart } from "../receipts/message-id.ts";
import { purposeOf } from "./purpose.ts";
import { contextOf } from "./template-context.ts";
import { judge, type Moment, type Stop } from "./judge.ts";
import { render } from "../../template/render/render.ts";

/** The sender of each channel: an address with a name, a number, or a messaging service. */
export type Senders = Readonly<Record<SendableChannel, string>>;

/** The sender of the messages and the time of sending. */
export interface SendContext extends Moment {
  readonly lender: Lender;
  readonly senders: Senders;
  /** Null without a public address: messages then have no opt-out link. */
  readonly links: Links | null;
  /** The keys that sign the Message-IDs of emails. */
  readonly linkKeys: readonly Buffer[];
}

/** A template version with the known facts about its messages. */
export type DueTemplate = Template & Partial<TemplateFacts>;

/** An interaction that may be sent: the message, and everything that must be on record before it is sent. */
export interface Ready {
  readonly kind: "ready";
  readonly facts: FactSheet;
  readonly template: DueTemplate;
  readonly message: Message;
  readonly claim: Omit<Claim, "provider">;
}

/** A due interaction after judging: ready to be sent, or held back with the reason. */
export type Prepared = Ready | { readonly kind: "withheld"; readonly withheld: Withheld };

export interface PreparedSet {
  readonly ready: readonly Ready[];
  readonly withheld: readonly Withheld[];
}

/** Judges, renders and composes a set of interactions. `findTemplate` returns the pinned version. */
export function prepareSet(
  sheets: readonly FactSheet[],
  findTemplate: (facts: FactSheet) => DueTemplate | undefined,
  context: SendContext,
): PreparedSet {
  const prepared = sheets.map((facts) => prepare(facts, findTemplate(facts), context));
  return {
    ready: prepared.filter((one) => one.kind === "ready"),
    withheld: prepared.flatMap((one) => (one.kind === "withheld" ? [one.withheld] : [])),
  };
}

const withhold = (
  facts: FactSheet,
  status: Withheld["status"],
  reason: Reason,
  rest: Pick<Withheld, "until" | "heldBy"> = { until: null },
): Prepared => ({
  kind: "withheld",
  withheld: {
    interactionId: facts.interactionId,
    status,
    ruleId: reason.ruleId,
    short: reason.short,
    long: reason.long,
    ...rest,
  },
});

function stopped(facts: FactSheet, verdict: Stop): Prepared {
  const { reason } = verdict;
  if (verdict.kind === "refuse") return withhold(facts, verdict.status, reason);
  if (verdict.kind === "wait")
    return withhold(facts, "scheduled", reason, { until: verdict.until });
  return withhold(facts, "scheduled", reason, { until: null, heldBy: [reason.ruleId] });
}

/** Judges, renders and composes one interaction. `template` is the pinned version. */
export function prepare(
  facts: FactSheet,
  template: DueTemplate | undefined,
  sendContext: SendContext,
): Prepared {
  const verdict = judge(facts, sendContext);
  if (verdict.kind !== "send") return stopped(facts, verdict);
  if (template === undefined)
    return withhold(facts, "failed", {
      ruleId: "template.missing",
      short: "No template",
      long: "The template version it was planned with is gone: publish one and send the notice again.",
    });
  const { lender, links, now } = sendContext;
  const optOutUrl = links === null ? null : optOutLink(links, facts.interactionId);
  const rendering = render(template, contextOf(facts, verdict.contact, lender, { now, optOutUrl }));
  if (rendering.kind === "faulty")
    return withhold(facts, "failed", {
      ruleId: "template.faulty",
      short: rendering.short,
      long: rendering.long,
    });
  const { interactionId, chainId, channel } = facts;
  if (!isSendableChannel(channel))
    return withhold(facts, "failed", {
      ruleId: "channel.notCarried",
      short: "Channel not carried",
      long: `Tidings does not send on ${channel}: choose another channel.`,
    });
  const { message, content, segments } = CHANNEL_RULES[channel].compose({
    interactionId,
    messageIdLocalPart: messageIdLocalPart(chainId, sendContext.linkKeys),
    to: verdict.to,
    toName: verdict.contact.name,
    from: sendContext.senders[channel],
    language: template.language,
    parts: rendering.parts,
    listUnsubscribe: listUnsubscribeOf(facts, optOutUrl),
    now,
  });
  const passedOver = verdict.passedOver.length === 0 ? null : verdict.passedOver;
  const claim = { ...claimedFacts(facts, verdict.contact), passedOver, content, segments };
  return { kind: "ready", facts, template, message, claim };
}

/**
 * Returns the header List-Unsubscribe. Only advertising has it. On a notice that the law requires, an accidental click on a mail
 * program's button would close an address that the law needs.
 */
function listUnsubscribeOf(facts: FactSheet, optOutUrl: string | null): string | null {
  if (optOutUrl === null || !purposeOf(facts).isMarketing) return null;
  return unsubscribeHeaders(optOutUrl)?.["List-Unsubscribe"] ?? null;
}

/** The facts that a claim records. */
function claimedFacts(
  { interactionId, borrower, caseNow }: FactSheet,
  chosen: Contact,
): Pick<Claim, "interactionId" | "contactId" | "contact" | "borrower" | "newestCaseChangeId"> {
  const {
    id: contactId,
    optedOutAt: _optedOutAt,
    marketingOptedOutAt: _marketingOptedOutAt,
    replyUnread: _replyUnread,
    ...details
  } = chosen;
  const contact = { object: "contactDetails", ...details };
  return {
    interactionId,
    contactId,
    contact,
    borrower,
    newestCaseChangeId: caseNow?.changeId ?? null,
  };
}
