import { randomUUID } from "node:crypto";
import { IGNORED, openChannels } from "../../channels.ts";
import type { Config } from "../../config.ts";
import { isAllowed } from "../../decide/deliver/allow-recipient.ts";
import { messageIdLocalPart } from "../../decide/receipts/message-id.ts";
import { CHANNEL_RULES, isSendableChannel } from "../../decide/deliver/channels/table.ts";
import type { Message } from "../../domain/deliver/message.ts";
import { Fault } from "../../domain/fault.ts";
import { NO_INTERACTION, testChainId } from "../../domain/ids.ts";
import type { ProviderAnswer } from "../../domain/provider-answer.ts";
import type { Rendered } from "../../domain/template/template.ts";
import type { TemplateVersion } from "../../domain/template/version.ts";
import { recordTest } from "../../store/templates/template-tests.ts";
import { markTest } from "../../template/render/mark-test.ts";
import { wrongArguments } from "../cli/arguments.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT, type ExitCode } from "../cli/exit-codes.ts";
import type { Print } from "../cli/print.ts";

/** A test of a stored version at an address of the operator's own. */
export interface Test {
  readonly version: TemplateVersion;
  readonly parts: Rendered;
  /** As the operator wrote it. */
  readonly to: string;
  readonly operator: string;
}

/**
 * Sends a marked message through the configured provider, after it is on record who sent which version. It is no interaction,
 * so it is in no list or count of notices, and the address is not kept. Throws ARGUMENTS_INVALID for an address that nothing
 * may be sent to, and CHANNEL_NOT_CARRIED.
 */
export async function sendTest(test: Test, print: Print): Promise<ExitCode> {
  return await withDatabase(`operator:${test.operator}`, async (db, config) => {
    const message = compose(test, config);
    await using open = new AsyncDisposableStack();
    const opened = await openChannels(config, IGNORED);
    open.defer(() => opened.close());
    const channel = opened.channels[message.channel];
    if (channel === undefined) throw new Fault("CHANNEL_NOT_CARRIED", message.channel);
    await recordTest(db, test.version);
    const answer = await channel.provider.send(message);
    print(sayAnswer(answer, config));
    return answer.kind === "accepted" ? EXIT.done : EXIT.checkFailed;
  });
}

function compose({ version, parts, to }: Test, config: Config): Message {
  const { channel, language } = version;
  if (!isSendableChannel(channel)) throw new Fault("CHANNEL_NOT_CARRIED", channel);
  const rules = CHANNEL_RULES[channel];
  const recipient = rules.recipientOf(to, config.lender.country);
  if (recipient === null) throw wrongArguments(`--send-to must be ${rules.form}`);
  if (!isAllowed(recipient, config.recipientsAllowed))
    throw wrongArguments("RECIPIENTS_ALLOWED does not name the address of --send-to");
  return rules.compose({
    interactionId: NO_INTERACTION,
    messageIdLocalPart: messageIdLocalPart(testChainId(randomUUID()), []),
    to: recipient,
    toName: null,
    from: config.senders[channel],
    language,
    parts: markTest(parts, channel),
    listUnsubscribe: null,
    now: new Date(),
  }).message;
}

function sayAnswer(answer: ProviderAnswer, { delivery, dataDir }: Config): string {
  const { provider } = answer.evidence;
  if (answer.kind === "limited")
    return `\nNot sent: ${provider} accepts no more messages now. Send the test again later.`;
  if (answer.kind !== "accepted") return `\nNot sent, or not certainly: ${answer.long}`;
  return delivery === "sandbox"
    ? `\nSent as a test in the sandbox: nothing left this machine. The message is in ${dataDir}/outbox.`
    : `\nSent as a test: ${provider} accepted the message ${answer.messageId ?? ""}`.trimEnd();
}
