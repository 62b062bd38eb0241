import type { Pool } from "pg";
import { type Answer, OPT_OUT_CONFIRMED } from "./answers.ts";
import type { AcceptedText } from "./received.ts";

/** A judgement whose facts were read before the opt-out may still be in flight. */
const IN_FLIGHT_MS = 2_000;

interface KeptAnswer {
  readonly providerMessageId: string;
  readonly reading: string;
}

/** A message that the guard allowed to a contact that answers. */
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

const CLOSED = `
  select k.value from tidings.contacts k
  where k.id like 'CA-%' and k.opted_out_at is not null`;

/** Compares what borrowers wrote with the record. */
export async function judgeAnswers(
  pool: Pool,
  answers: readonly Answer[],
  texts: readonly Pick<AcceptedText, "to" | "body">[],
): Promise<string[]> {
  const kept = (await pool.query<KeptAnswer>(KEPT)).rows;
  const allowed = (await pool.query<Allowed>(ALLOWED)).rows;
  const closed = new Set(
    (await pool.query<{ value: string }>(CLOSED)).rows.map(({ value }) => value),
  );
  const byContact = Map.groupBy(answers, ({ from }) => from);
  return [
    ...compareKept(kept, answers),
    ...[...byContact].flatMap(([from, written]) => [
      ...judgeConsent(from, written, closed.has(from)),
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

/** Each answer that was accepted is on record once, with its reading. */
function compareKept(kept: readonly KeptAnswer[], answers: readonly Answer[]): string[] {
  const byId = Map.groupBy(kept, ({ providerMessageId }) => providerMessageId);
  const wrong = answers.flatMap(({ providerMessageId, reading, acceptedAt, channel }) => {
    const rows = byId.get(providerMessageId) ?? [];
    const is = `${channel} ${providerMessageId} of a borrower`;
    if (rows.length === 0) return acceptedAt === undefined ? [] : [`${is}: lost`];
    if (rows.length > 1) return [`${is}: kept ${rows.length} times`];
    return rows[0]?.reading === reading
      ? []
      : [`${is}: read as ${rows[0]?.reading}, not ${reading}`];
  });
  const known = new Set(answers.map(({ providerMessageId }) => providerMessageId));
  const invented = kept.filter(({ providerMessageId }) => !known.has(providerMessageId));
  return [
    ...wrong,
    ...invented.map(({ providerMessageId }) => `message ${providerMessageId} was never written`),
  ];
}

/** The last decision of a contact counts. Another contact's STOP may close it too, so only a refusal is certain. */
function judgeConsent(from: string, written: readonly Answer[], isClosed: boolean): string[] {
  const decisions = written.filter(
    ({ reading, acceptedAt }) => reading !== "none" && acceptedAt !== undefined,
  );
  const last = decisions.at(-1)?.reading;
  if (last === "optOut" && !isClosed) return [`${from} has opted out, and is not closed`];
  return decisions.length === 0 && isClosed && from.startsWith("+")
    ? [`${from} is closed, and has not opted out`]
    : [];
}

/** Nothing is judged as allowed between an opt-out that was accepted and the next return. */
function judgeAllowed(written: readonly Answer[], allowed: readonly Allowed[]): string[] {
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
  written: readonly Answer[],
  texts: readonly Pick<AcceptedText, "to" | "body">[],
): string[] {
  const confirmed = texts.filter(({ body }) => body === OPT_OUT_CONFIRMED).length;
  const stops = written.filter(({ reading }) => reading === "optOut").length;
  return confirmed > stops ? [`${from} got ${confirmed} confirmations of ${stops} opt-outs`] : [];
}
