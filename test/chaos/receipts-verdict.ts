import type { Pool } from "pg";
import { acceptedAs } from "../../src/decide/receipts/acceptance.ts";
import { readReceipts } from "../../src/decide/receipts/apply-receipts.ts";
import { RECEIPT_TABLES } from "../../src/decide/receipts/tables/by-channel.ts";
import { stageOf } from "../../src/domain/receipts/stages.ts";
import type { SentReport } from "./reports.ts";

/** A receipt on record, with the state of its message. */
interface Kept {
  readonly interactionId: string | null;
  readonly provider: string;
  readonly providerMessageId: string | null;
  readonly rawStatus: string;
  readonly code: string | null;
  readonly qualifier: string | null;
  readonly receivedAt: Date;
  readonly channel: "email" | "text";
  readonly status: string;
  readonly statusDetails: string | null;
  readonly isQueued: boolean;
  readonly isOfOtherMessage: boolean;
  /** True if the answer to a call for this message was lost. Then the result of a lookup counts too. */
  readonly wasUnknown: boolean;
}

const KEPT = `
  select r.interaction_id as "interactionId", r.provider, r.provider_message_id as "providerMessageId", r.raw_status as "rawStatus", r.code,
    r.qualifier, r.received_at as "receivedAt", i.channel, i.status, i.status_details as "statusDetails",
    exists (select from tidings.receipt_queue q where q.receipt_id = r.id) as "isQueued",
    -- a text that was sent again after a lookup did not find it has the receipts of both messages
    coalesce(i.channel = 'text' and i.provider_message_id <> r.provider_message_id, false) as "isOfOtherMessage",
    exists (
      select from tidings.interaction_transitions t
      where t.interaction_id = i.id and t.to_status_details like '%OutcomeUnknown'
    ) as "wasUnknown"
  from tidings.receipts r
  left join tidings.interactions i on i.id = r.interaction_id`;

/** Each change of a message after its call, with the one before it. */
const MOVES = `
  select t.interaction_id as "interactionId", i.channel, t.from_status_details as "from", t.to_status_details as "to",
    t.from_status as "fromStatus", t.to_status as "toStatus"
  from tidings.interaction_transitions t
  join tidings.interactions i on i.id = t.interaction_id
  where t.from_status in ('attempted', 'succeeded', 'failed') and t.to_status in ('attempted', 'succeeded', 'failed')
  order by t.interaction_id, t.id`;

interface Moved {
  readonly interactionId: string;
  readonly channel: "email" | "text";
  readonly from: string | null;
  readonly to: string | null;
  readonly fromStatus: string;
  readonly toStatus: string;
}

/** Compares the reports of the providers with the record. */
export async function judgeReceipts(pool: Pool, sent: readonly SentReport[]): Promise<string[]> {
  const kept = (await pool.query<Kept>(KEPT)).rows;
  const moves = (await pool.query<Moved>(MOVES)).rows;
  const messages = Map.groupBy(kept, ({ interactionId }) => interactionId ?? "none");
  return [
    ...compareKept(kept, sent),
    ...kept.flatMap(judgeKept),
    ...[...messages.values()].flatMap((all) =>
      judgeMessage(all.filter((one) => !one.isOfOtherMessage)),
    ),
    ...moves.flatMap(judgeMove),
  ];
}

const keyOf = (provider: string, about: string | null, status: string, code: string | null) =>
  [provider, about, status, code ?? ""].join(" ");

/** Each accepted report is on record once, and each receipt on record is a report of a provider. */
function compareKept(kept: readonly Kept[], sent: readonly SentReport[]): string[] {
  const rows = kept.map((one) =>
    keyOf(one.provider, one.providerMessageId ?? one.interactionId, one.rawStatus, one.code),
  );
  const keys = sent.map((one) => keyOf(one.provider, one.about, one.rawStatus, one.code));
  const known = new Set(keys);
  const stored = new Set(rows);
  const lost = keys.filter((key, n) => sent[n]?.isAccepted === true && !stored.has(key));
  return [
    ...lost.map((key) => `receipt ${key} was accepted and is not on record`),
    ...rows.filter((key) => !known.has(key)).map((key) => `receipt ${key} was never sent`),
    ...(stored.size < rows.length ? [`${rows.length - stored.size} receipts are kept twice`] : []),
  ];
}

function judgeKept({ interactionId, isQueued, provider, rawStatus }: Kept): string[] {
  const is = `receipt ${rawStatus} of ${provider} for interaction ${interactionId}`;
  if (interactionId === null) return [`${is}: its message was not found`];
  return isQueued ? [`${is}: it is not applied`] : [];
}

const FIRST_DETAILS = { text: "textQueued", email: "emailSent" } as const;

/** The state of a message follows from all its receipts, which are read here together. */
function judgeMessage(receipts: readonly Kept[]): string[] {
  const [first] = receipts;
  if (first === undefined || first.interactionId === null) return [];
  const { channel, interactionId, status, statusDetails, wasUnknown } = first;
  const table = RECEIPT_TABLES[channel];
  if (table === undefined) return [`channel ${channel} has no table`];
  const answer = {
    status: "attempted",
    statusDetails: FIRST_DETAILS[channel],
    code: null,
    at: new Date(0),
  } as const;
  const state = {
    acceptedAs: acceptedAs(table, answer),
    receipts: receipts.map(({ rawStatus, code, qualifier, receivedAt }) => ({
      providerMessageId: "",
      rawStatus,
      code,
      qualifier,
      receivedAt,
    })),
  };
  const context = { attempt: 1, latestAt: null, softFailures: [] };
  const { progress } = readReceipts(table, state, context);
  const words = receipts.map(({ rawStatus }) => rawStatus).join(", ");
  const isSame = progress?.status === status && progress.statusDetails === statusDetails;
  const stage = (details: string | null): number => stageOf(channel, details)?.[0] ?? -1;
  if (isSame) return [];
  if (wasUnknown && stage(statusDetails) >= stage(progress?.statusDetails ?? null)) return [];
  return [
    `${channel} ${interactionId} is ${status} ${statusDetails}; its receipts (${words}) say ${progress?.status} ${progress?.statusDetails}`,
  ];
}

/** A carrier may report a delivery after it had stopped trying. */
const MAY_GO_BACK: ReadonlySet<string> = new Set(["textUndelivered textDelivered"]);

function judgeMove({ interactionId, channel, from, to, fromStatus, toStatus }: Moved): string[] {
  const is = `interaction ${interactionId} moved from ${fromStatus} ${from} to ${toStatus} ${to}`;
  if (from === to && fromStatus === toStatus) return [`${is}: applied twice`];
  const stage = (details: string | null): number => stageOf(channel, details)?.[0] ?? 0;
  const isBack = stage(to) < stage(from) && !MAY_GO_BACK.has(`${from} ${to}`);
  return isBack ? [`${is}: backwards`] : [];
}
