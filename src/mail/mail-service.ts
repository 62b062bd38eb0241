import type { Clock } from "../clock.ts";
import type { Config, MailConfig } from "../config.ts";
import type { Emit } from "../domain/events.ts";
import { createMailIntake, type TakeMail } from "./mail-intake.ts";
import { type ImapReader, startImapReader } from "../providers/mailbox/imap.ts";
import { openMailListener } from "../providers/mailbox/listener.ts";
import { createReplyIntake } from "../reply-intake.ts";
import type { Seal } from "../seal.ts";
import { loadLinkKeys } from "../store/api/secrets.ts";
import { createPolicyReader } from "../store/guard/policy.ts";
import type { Db } from "../store/postgres/db.ts";
import { keepReceipts } from "../store/receipts/receipts.ts";

export interface MailServiceOptions {
  readonly config: Config;
  readonly db: Db;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly seal: Seal | undefined;
}

/** Takes reports and replies by email in, until `open` is disposed. Without a setting it does nothing. */
export async function openMail(
  open: AsyncDisposableStack,
  options: MailServiceOptions,
): Promise<void> {
  const { config, emit } = options;
  if (config.mail === undefined && config.imapUrl === undefined) return;
  const take = await createTake(options);
  if (config.mail !== undefined) {
    const listener = await listen(config, config.mail, { take, emit });
    open.defer(() => listener.close());
    emit("mail.opened", { port: listener.port, protocol: config.mail.protocol });
  }
  if (config.imapUrl !== undefined) {
    const reader = readMailbox(config.imapUrl, { take, emit });
    open.defer(() => reader.stop());
  }
}

/** A stored message has lost its envelope. The mail server has noted the recipient in a header. */
const readMailbox = (url: string, { take, emit }: Intake): ImapReader =>
  startImapReader({
    url,
    take: (source) => take(source, { mailFrom: null, rcptTo: null }),
    onOpened: (folder) => emit("mailbox.opened", { folder }),
    onLost: (code) => emit("mailbox.lost", { code }),
  });

async function createTake(options: MailServiceOptions): Promise<TakeMail> {
  const { config, db, emit, clock, seal } = options;
  const { country, timeZone, languages } = config.lender;
  return createMailIntake({
    emit,
    clock,
    keep: (receipts) => keepReceipts(db, receipts),
    takeInbound: createReplyIntake({
      db,
      emit,
      clock,
      seal,
      lender: { country, timeZone, languages },
      readPolicy: createPolicyReader(),
    }),
    linkKeys: await loadLinkKeys(db),
  });
}

interface Intake {
  readonly take: TakeMail;
  readonly emit: Emit;
}

const listen = (config: Config, mail: MailConfig, { take, emit }: Intake) =>
  openMailListener({
    ...mail,
    isOurs: ourAddresses(config),
    take,
    onTooLarge: () => emit("mail.notRead", { reason: "too large" }),
  });

/** Mail comes to the bounce address, with or without a token, and to the address from which notices are sent. */
function ourAddresses({ bounceAddress, senders }: Config): (address: string) => boolean {
  const sender = /([^\s<>]+@[^\s<>]+?)>?\s*$/u.exec(senders.email)?.[1];
  const ours = new Set([bounceAddress, sender].flatMap((one) => one?.toLowerCase() ?? []));
  return (address) => ours.has(address.toLowerCase().replace(/\+[^@]*@/u, "@"));
}
