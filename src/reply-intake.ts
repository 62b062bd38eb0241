import type { Clock } from "./clock.ts";
import {
  confirmWithinMs,
  consequencesOf,
  revokesAllOn,
  storedReading,
} from "./decide/consent/consequences.ts";
import { isConfirmed } from "./decide/replies/confirmation.ts";
import { type Inbound, type ReadInbound, readInbound } from "./decide/replies/read-inbound.ts";
import { chooseTemplate } from "./decide/resolve/choose-template.ts";
import { policyNow } from "./decide/guard/policy/in-force.ts";
import type { Policy } from "./decide/guard/policy/policy.ts";
import type { Emit } from "./domain/events.ts";
import type { InteractionId } from "./domain/ids.ts";
import type { ConsentChange } from "./domain/vocabulary.ts";
import type { Lender } from "./domain/lender.ts";
import { readPhoneNumber } from "./domain/values/phone-number.ts";
import { type Seal, sealIfSensitive } from "./seal.ts";
import { nextInteractionId } from "./store/api/interaction-log.ts";
import type { ReadPolicy } from "./store/guard/policy.ts";
import type { Db } from "./store/postgres/db.ts";
import { loadConfirmationChoice, planConfirmation } from "./store/replies/confirmations.ts";
import { recordConsent } from "./store/replies/consent.ts";
import { isKnownInbound, keepInbound } from "./store/replies/inbound.ts";
import { findSenders, listElectronicContacts, type Sender } from "./store/replies/senders.ts";

/** A message that a provider or a mailbox has received for us. */
export interface ArrivedInbound extends Inbound {
  readonly channel: "text" | "email";
  readonly provider: string;
  /** The provider's id, by which it is accepted once. */
  readonly providerMessageId: string;
  readonly from: string;
  readonly to: string;
  /** The moment at which it was sent, by the sender's clock; absent if it has none. */
  readonly sentAt?: Date;
  /** True if the provider answers it by itself, as Twilio answers STOP. */
  readonly providerReplied: boolean;
}

export interface ReplyIntakeDeps {
  readonly db: Db;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly seal: Seal | undefined;
  readonly lender: Pick<Lender, "country" | "timeZone" | "languages">;
  readonly readPolicy: ReadPolicy;
}

/** Keeps an inbound message. Resolves to false if it is on record already. */
export type TakeInbound = (arrived: ArrivedInbound) => Promise<boolean>;

/**
 * Returns a function that keeps inbound messages as interactions and applies what they mean, in one transaction. A refusal is in
 * force when it resolves. Only an opt-out by text is answered, once, so no two machines can write to each other.
 */
export function createReplyIntake(deps: ReplyIntakeDeps): TakeInbound {
  return async (given) => {
    const arrived = storable(given);
    const { db, clock, seal, lender } = deps;
    if (await isKnownInbound(db, arrived)) return false;
    const read = readInbound(arrived);
    const form = FORMS[arrived.channel];
    const address = form.addressOf(arrived.from, lender.country);
    const senders = await findSenders(db, {
      channel: arrived.channel,
      address,
      homeCountry: lender.country,
    });
    const id = await nextInteractionId(db);
    const owner = { interactionId: id, channel: arrived.channel, sensitive: true };
    let recorded: Recorded | undefined;
    const isNew = await keepInbound(
      db,
      {
        id,
        channel: arrived.channel,
        provider: arrived.provider,
        providerMessageId: arrived.providerMessageId,
        receivedAt: clock(),
        sentAt: arrived.sentAt ?? null,
        senders,
        content: sealIfSensitive(seal, form.contentOf(arrived), owner),
        theme: read.theme,
        statusDetails: `${arrived.channel}Received`,
        reading: storedReading(read),
        providerReplied: arrived.providerReplied,
        suppresses: read.suppresses && !read.isAutomatic,
        isOpen: needsPerson(read, senders),
      },
      async (transaction) => {
        recorded = await follow(deps, transaction, { id, arrived, read, senders });
      },
    );
    if (isNew) emitReceived(deps, { id, arrived, read, senders, recorded });
    return isNew;
  };
}

/** JSON of the database holds neither NUL nor half a surrogate pair. */
const storableText = (text: string): string => text.replaceAll("\0", "").toWellFormed();

const storable = (arrived: ArrivedInbound): ArrivedInbound => ({
  ...arrived,
  providerMessageId: storableText(arrived.providerMessageId),
  from: storableText(arrived.from),
  to: storableText(arrived.to),
  text: storableText(arrived.text),
  ...(arrived.subject !== undefined && { subject: storableText(arrived.subject) }),
});

/** The form of an address and of the content on record, which differ between the channels. */
const FORMS: Readonly<Record<ArrivedInbound["channel"], Form>> = {
  text: {
    addressOf: (from, country) => readPhoneNumber(from, country) ?? from,
    contentOf: ({ text, from, to }) => ({ body: text, from, to }),
  },
  email: {
    addressOf: (from) => from,
    contentOf: ({ text, subject = "", from, to }) => ({ subject, bodyText: text, from, to }),
  },
};
interface Form {
  readonly addressOf: (from: string, country: string) => string;
  readonly contentOf: (arrived: ArrivedInbound) => object;
}

/** Only a plain opt-out, a return and the words of a program need no person. A refusal of somebody unknown cannot be applied. */
function needsPerson(read: ReadInbound, senders: readonly Sender[]): boolean {
  if (read.isAutomatic) return false;
  const isPlain = read.readings.every((reading) => reading === "optOut" || reading === "optIn");
  return !isPlain || read.readings.length === 0 || senders.length === 0;
}

interface Taken {
  readonly id: InteractionId;
  readonly arrived: ArrivedInbound;
  readonly read: ReadInbound;
  readonly senders: readonly Sender[];
}

/** A decision of the sender that was recorded, and the number of contacts that it changed. */
interface Recorded {
  readonly change: ConsentChange;
  readonly contacts: number;
  /** The text that confirms it; undefined if none does. */
  readonly confirmationId: InteractionId | undefined;
}

/** Records what the message means for consent; undefined if it means nothing. */
async function follow(
  deps: ReplyIntakeDeps,
  transaction: Db,
  taken: Taken,
): Promise<Recorded | undefined> {
  const { id, read, senders } = taken;
  const now = deps.clock();
  const { policy } = policyNow(await deps.readPolicy(transaction), now);
  const revokesAll = revokesAllOn(policy, now, deps.lender.timeZone);
  const { change, closesAll, reason } = consequencesOf(read, revokesAll);
  if (change === null || senders.length === 0) return undefined;
  const contactIds = closesAll
    ? await listElectronicContacts(
        transaction,
        senders.map(({ borrowerId }) => borrowerId),
      )
    : senders.map(({ contactId }) => contactId);
  const contacts = await recordConsent(transaction, {
    contactIds,
    change,
    scopes: ["collection"],
    source: "reply",
    interactionId: id,
    reason,
  });
  const confirmationId = await confirm(deps, transaction, { taken, policy, contacts });
  return { change, contacts, confirmationId };
}

interface ToConfirm {
  readonly taken: Taken;
  readonly policy: Policy;
  readonly contacts: number;
}

/** Plans the confirmation of an opt-out. The lender decides by publishing a template whether there is one. */
async function confirm(
  { clock, lender }: ReplyIntakeDeps,
  transaction: Db,
  { taken: { id, arrived, read, senders }, policy, contacts }: ToConfirm,
): Promise<InteractionId | undefined> {
  const [sender] = senders;
  const { channel, providerReplied } = arrived;
  if (sender === undefined || !isConfirmed({ channel, read, providerReplied, optedOut: contacts }))
    return undefined;
  const { templates, language } = await loadConfirmationChoice(transaction, sender.borrowerId);
  const choice = chooseTemplate({ templateId: null, templates }, language, lender.languages);
  const template = templates.find((one) => one.id === choice?.template.id);
  if (choice === undefined || template === undefined) return undefined;
  const dueAt = clock();
  return await planConfirmation(transaction, {
    replyId: id,
    template,
    explanation: choice.explanation,
    dueAt,
    latestAt: new Date(dueAt.getTime() + confirmWithinMs(policy)),
  });
}

interface Received extends Taken {
  readonly recorded: Recorded | undefined;
}

/** Reports what is committed. */
function emitReceived(
  { emit }: ReplyIntakeDeps,
  { id, arrived, read, senders, recorded }: Received,
): void {
  if (recorded !== undefined) {
    const { confirmationId, ...consent } = recorded;
    emit("consent.recorded", { interactionId: id, source: "reply", ...consent });
    if (confirmationId !== undefined)
      emit("confirmation.planned", { interactionId: confirmationId, replyId: id });
  }
  emit("reply.received", {
    interactionId: id,
    channel: arrived.channel,
    reading: storedReading(read),
    contacts: senders.length,
    waitsForPerson: needsPerson(read, senders),
  });
}
