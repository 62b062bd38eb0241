import type { Pool } from "pg";
import { type Reply, OPT_OUT_CONFIRMED } from "./replies.ts";
import type { AcceptedText } from "./received.ts";

/** A judgement whose facts were read before the opt-out may still be in flight. */
const IN_FLIGHT_MS = 2_000;

interface KeptReply {
  readonly providerMessageId: string;
  readonly reading: string;
}

/** A message that the guard allowed to a contact that replies. */
interface Allowed {
  readonly interactionId: string;
  readonly to: string;
  readonly judgedAt: Date;
}

const KEPT = `
  select m.provider_message_id as "providerMessageId", m.reading
  from tidings.inbound_messages m
  join tidings.interactions i on i.id = m.interaction_id and i.direction = 'inbound' and i.status = 'succeeded'`;

const ALLOWED = `
  select j.interaction_id as "interactionId", k.value as "to", j.judged_at as "judgedAt"
  from tidings.judgements j
  join tidings.interactions i on i.id = j.interaction_id and i.reply_id is null
  join tidings.contacts k on k.id = i.contact_id and k.contact_type = 'phone'
  where j.outcome = 'allow' and k.id like 'CA-%'`;

const OPTED_OUT = `
  select k.value from tidings.contacts k
  where k.id like 'CA-%' and k.opted_out_at is not null`;

/** Compares the messages of borrowers with the record. */
export async function judgeReplies(
  pool: Pool,
  replies: readonly Reply[],
  texts: readonly Pick<AcceptedText, "to" | "body">[],
): Promise<string[]> {
  const kept = (await pool.query<KeptReply>(KEPT)).rows;
  const allowed = (await pool.query<Allowed>(ALLOWED)).rows;
  const optedOut = new Set(
    (await pool.query<{ value: string }>(OPTED_OUT)).rows.map(({ value }) => value),
  );
  const byContact = Map.groupBy(replies, ({ from }) => from);
  return [
    ...compareKept(kept, replies),
    ...[...byContact].flatMap(([from, written]) => [
      ...judgeConsent(from, written, optedOut.has(from)),
      ...judgeAllowed(
        written,
        allowed.filter(({ to }) => to === from),
      ),
      ...countConfirmations(
        from,
        written,
        texts.filter(({ to }) => to === from),
      ),
    ]),
  ];
}

/** Each reply that was accepted is on record once, with its reading. */
function compareKept(kept: readonly KeptReply[], replies: readonly Reply[]): string[] {
  const byId = Map.groupBy(kept, ({ providerMessageId }) => providerMessageId);
  const wrong = replies.flatMap(({ providerMessageId, reading, acceptedAt, channel }) => {
    const rows = byId.get(providerMessageId) ?? [];
    const is = `${channel} ${providerMessageId} of a borrower`;
    if (rows.length === 0) return acceptedAt === undefined ? [] : [`${is}: lost`];
    if (rows.length > 1) return [`${is}: kept ${rows.length} times`];
    return rows[0]?.reading === reading
      ? []
      : [`${is}: read as ${rows[0]?.reading}, not ${reading}`];
  });
  const known = new Set(replies.map(({ providerMessageId }) => providerMessageId));
  const invented = kept.filter(({ providerMessageId }) => !known.has(providerMessageId));
  return [
    ...wrong,
    ...invented.map(({ providerMessageId }) => `message ${providerMessageId} was never written`),
  ];
}

/** The last decision of a contact counts. A STOP from another contact may opt it out too, so only a missing opt-out is certainly wrong. */
function judgeConsent(from: string, written: readonly Reply[], isOptedOut: boolean): string[] {
  const decisions = written.filter(
    ({ reading, acceptedAt }) => reading !== "none" && acceptedAt !== undefined,
  );
  const last = decisions.at(-1)?.reading;
  if (last === "optOut" && !isOptedOut)
    return [`${from} has opted out, and the record does not say so`];
  return decisions.length === 0 && isOptedOut && from.startsWith("+")
    ? [`${from} has not opted out, and the record says that it has`]
    : [];
}

/** The guard allows no message between an opt-out that was accepted and the next opt-in. */
function judgeAllowed(written: readonly Reply[], allowed: readonly Allowed[]): string[] {
  const stops = written.flatMap(({ reading, acceptedAt }, n) => {
    if (reading !== "optOut" || acceptedAt === undefined) return [];
    const returns = written.slice(n + 1).find((later) => later.reading === "optIn");
    return [{ from: acceptedAt + IN_FLIGHT_MS, until: returns?.sentAt ?? Infinity }];
  });
  return allowed
    .filter(({ judgedAt }) =>
      stops.some(({ from, until }) => Number(judgedAt) > from && Number(judgedAt) < until),
    )
    .map(
      ({ interactionId, to, judgedAt }) =>
        `interaction ${interactionId} to ${to} was sent after an opt-out (${judgedAt.toISOString()})`,
    );
}

/** An opt-out is confirmed at most once. */
function countConfirmations(
  from: string,
  written: readonly Reply[],
  texts: readonly Pick<AcceptedText, "to" | "body">[],
): string[] {
  const confirmed = texts.filter(({ body }) => body === OPT_OUT_CONFIRMED).length;
  const stops = written.filter(({ reading }) => reading === "optOut").length;
  return confirmed > stops ? [`${from} got ${confirmed} confirmations of ${stops} opt-outs`] : [];
}
