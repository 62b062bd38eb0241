import type { Pool } from "pg";
import { runAudit } from "../../src/record/audit.ts";
import { createDb } from "../../src/store/postgres/db.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import type { Reply } from "./replies.ts";
import { judgeReplies } from "./replies-verdict.ts";
import type { AcceptedText, Received } from "./received.ts";
import { judgeReceipts } from "./receipts-verdict.ts";
import type { SentReport } from "./reports.ts";

/** The recorded data of one notice. */
interface Chain {
  readonly chainId: string;
  readonly channel: "email" | "text";
  readonly caseId: string;
  readonly borrowerId: string;
  /** The theme of a notice about collection, which the limit holds for; null for the others. */
  readonly theme: string | null;
  /** True if it waits for a place in the limit. */
  readonly isWaiting: boolean;
  /** True if the guard refused it, because it gets no place in the limit before its latest time. */
  readonly isRefused: boolean;
  /** True if its borrower has opted out, and it was not sent for this reason. */
  readonly isOptedOut: boolean;
  /** True if a provider reported its last attempt as failed. judgeReceipts compares it with the receipts. */
  readonly hasBounced: boolean;
  /** True if its last attempt was canceled, because a receipt has shown that an earlier one was sent. */
  readonly wasSentBefore: boolean;
  readonly onUnknown: "resend" | "hold";
  readonly status: string;
  readonly statusDetails: string | null;
  /** Attempts whose outcome was unknown when they ended. */
  readonly unknown: number;
}

export interface Verdict {
  readonly notices: number;
  readonly arrived: number;
  /** Messages that arrived more than once, each with a record that it was sent again after an unknown outcome. */
  readonly resent: number;
  /** The notices that wait for a place in the limit. */
  readonly waiting: number;
  /** Recorded as unknown and held for a person; they may have arrived. */
  readonly held: number;
  /** The reports and replies that were accepted. */
  readonly receipts: number;
  readonly replies: number;
  readonly violations: readonly string[];
}

async function readChains(pool: Pool): Promise<Chain[]> {
  const { rows } = await pool.query<Chain>(`
    select c.chain_id as "chainId", c.channel, c.case_id as "caseId", c.person_id as "borrowerId", t.theme, t.on_unknown as "onUnknown", c.status,
      c.status_details as "statusDetails",
      c.status = 'scheduled' and c.scheduled_at_from > now() + interval '1 day'
        and (select l.compliance_guard_rule_id = 'freq.state' from tidings.interactions l where l.id = c.last_interaction_id) as "isWaiting",
      c.status = 'canceled' and t.theme is not null
        and (select l.compliance_guard_rule_id = 'cg.stale' from tidings.interactions l where l.id = c.last_interaction_id) as "isRefused",
      c.person_id like 'CA-%' and c.status in ('failed', 'canceled')
        and not exists (select from tidings.receipts r where r.interaction_id = c.last_interaction_id) as "isOptedOut",
      c.status = 'failed' and exists (
        select from tidings.receipts r where r.interaction_id = c.last_interaction_id and r.raw_status in ('failed', 'undelivered')
      ) as "hasBounced",
      c.status = 'canceled' and exists (
        select from tidings.interactions l where l.id = c.last_interaction_id and l.evidence->>'code' = 'alreadySent'
      ) as "wasSentBefore",
      (select count(distinct r.interaction_id || ':' || r.id)::int
       from tidings.interaction_transitions r
       join tidings.interactions i on i.id = r.interaction_id
       where coalesce(i.first_interaction_id, i.id) = c.chain_id and r.to_status_details like '%OutcomeUnknown') as unknown
    from tidings.interaction_chains c
    join tidings.notification_types t on t.id = c.notification_type_id and t.version = c.notification_type_version`);
  return rows;
}

function judge(chain: Chain, arrived: number): string[] {
  const { chainId, channel, status, statusDetails, unknown } = chain;
  const is = `${channel} chain ${chainId} (${status} ${statusDetails ?? ""}, ${unknown} unknown) arrived ${arrived} times`;
  const isHeld = statusDetails?.endsWith("OutcomeUnknown") === true;
  if (chain.isRefused || chain.isOptedOut)
    return arrived === 0 ? [] : [`${is}: it was refused, and was sent`];
  // a message whose outcome is unknown may have arrived, and waits to be sent again
  if (chain.isWaiting) return arrived <= unknown ? [] : [`${is}: it waits, and was sent`];
  const wrong: string[] = [];
  const hasEnded = status === "attempted" || status === "succeeded" || chain.wasSentBefore;
  if (!hasEnded && !chain.hasBounced) wrong.push(`${is}: it is not at its end`);
  if (arrived === 0 && !isHeld) wrong.push(`${is}: lost`);
  if (arrived > 1 + unknown) wrong.push(`${is}: sent again without a record of it`);
  return wrong;
}

/**
 * The limit, computed without the guard: of each borrower with notices about collection, the messages that arrived, the notices that are on
 * record as sent, and whether one waits though there is a place.
 */
function judgeLimit(chains: readonly Chain[], counts: readonly number[], limit: number): string[] {
  const limited = chains
    .map((chain, n) => ({ ...chain, arrived: counts[n] ?? 0 }))
    .filter(({ theme }) => theme !== null);
  const byBorrower = [...Map.groupBy(limited, ({ borrowerId }) => borrowerId)];
  return byBorrower.flatMap(([borrowerId, all]) => {
    const arrived = all.reduce((sum, one) => sum + one.arrived, 0);
    const sent = all.filter(({ status, isRefused }) => status !== "scheduled" && !isRefused).length;
    const waiting = all.filter(({ isWaiting }) => isWaiting).length;
    const is = `borrower ${borrowerId} with a limit of ${limit}: ${arrived} arrived, ${sent} sent, ${waiting} wait`;
    return [
      ...(arrived > limit || sent > limit ? [`${is}: the limit is exceeded`] : []),
      ...(waiting > 0 && sent < limit ? [`${is}: a place is free`] : []),
    ];
  });
}

/** Moves that the diagram does not have, and chains with broken links. */
const ILLEGAL = `
  select format('transition %s of interaction %s: %s -> %s after %s', r.id, r.interaction_id, r.from_status, r.to_status, r.last) as wrong
  from (
    select *, lag(to_status) over (partition by interaction_id order by id) as last from tidings.interaction_transitions
  ) r
  where r.from_status is distinct from r.last or (r.from_status is not null and not tidings.status_may_move(r.from_status, r.to_status))`;

const UNANSWERED = `
  select format('case change %s fired %s of 1 types', c.id, count(i.chain_id)) as wrong
  from tidings.case_changes c
  left join tidings.interaction_chains i on i.case_change_id = c.id
  group by c.id having count(i.chain_id) <> 1`;

const UNRESOLVED = `
  select format('case change %s has no resolution', c.id) as wrong
  from tidings.case_changes c
  where c.fires and not exists (select from tidings.resolutions r where r.case_change_id = c.id)
  union all
  select format('case change %s was resolved to fire %s and fired %s', r.case_change_id, r.verdicts->'fires', count(i.id))
  from tidings.resolutions r
  left join tidings.interactions i on i.case_change_id = r.case_change_id and i.previous_interaction_id is null
  group by r.case_change_id having coalesce(jsonb_array_length(r.verdicts->'fires'), 0) <> count(i.id)`;

const FORGOTTEN = `
  select format('case change %s, interaction %s waits for nothing', case_change_id, interaction_id) as wrong
  from tidings.waiting_for_nothing`;

/** Returns what waits for nothing now. */
export const findForgotten = async (pool: Pool): Promise<string[]> =>
  (await pool.query<{ wrong: string }>(FORGOTTEN)).rows.map(({ wrong }) => wrong);

/** The gaps that an audit finds, and the flaws of the record tree. */
async function proveRecord(pool: Pool): Promise<string[]> {
  const db = createDb(pool);
  const wrong: string[] = [];
  const scope = { from: new Date(0), until: new Date(Date.now() + 86_400_000), caseId: null };
  await runAudit(db, scope, {
    onGap: ({ kind, caseChangeId, long }) =>
      wrong.push(`${kind} of change ${caseChangeId}: ${long}`),
    onProgress: () => {},
  });
  await verifyRecord(
    db,
    { from: 0, logged: [], publicKey: undefined },
    {
      onFlaw: ({ kind, source, rowId, long }) =>
        wrong.push(`${kind} of ${source ?? "the tree"} ${rowId ?? ""}: ${long}`),
      onProgress: () => {},
    },
  );
  return wrong;
}

/** A time in which Postgres was away (ms since 1970). */
export interface Inflicted {
  readonly beganAt: number;
  readonly endedAt: number;
  /** True if a daemon worked before it and was not killed later. One that dies before it can write leaves no outage on record. */
  readonly isWitnessed: boolean;
}

/** A daemon notices an outage with its next statement, and the end of one with its next try. */
const NOTICED_WITHIN_MS = 15_000;

/** Each outage on record was inflicted, and each one that a daemon lived through is on record. */
async function compareOutages(pool: Pool, inflicted: readonly Inflicted[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string; kind: string; beganAt: Date; endedAt: Date }>(
    `select id, kind, began_at as "beganAt", coalesce(ended_at, now()) as "endedAt" from tidings.outages where kind <> 'provider'`,
  );
  const meet = (one: Inflicted, beganAt: number, endedAt: number, slackMs: number): boolean =>
    beganAt <= one.endedAt + slackMs && endedAt >= one.beganAt - slackMs;
  const invented = rows.filter(
    ({ kind, beganAt, endedAt }) =>
      kind === "database" &&
      !inflicted.some((one) => meet(one, Number(beganAt), Number(endedAt), NOTICED_WITHIN_MS)),
  );
  const missed = inflicted.filter(
    (one) =>
      one.isWitnessed &&
      !rows.some((row) => meet(one, Number(row.beganAt), Number(row.endedAt), 0)),
  );
  return [
    ...invented.map(({ id }) => `outage ${id} is on record, and Postgres was not away then`),
    ...missed.map(
      (one) => `Postgres was away at ${new Date(one.beganAt).toISOString()}, and no outage says so`,
    ),
  ];
}

/** The facts of the run that the record does not have. */
export interface Run {
  /** The violations that were seen while it ran. */
  readonly sampled: readonly string[];
  /** The messages about collection that a borrower may get. */
  readonly limit: number;
  /** The times in which Postgres was away. */
  readonly inflicted: readonly Inflicted[];
  readonly reports: readonly SentReport[];
  readonly replies: readonly Reply[];
  readonly texts: readonly AcceptedText[];
}

/** Compares the received messages with the record. */
export async function judgeRun(
  pool: Pool,
  received: Received,
  { sampled, limit, inflicted, reports, replies, texts: accepted }: Run,
): Promise<Verdict> {
  const chains = await readChains(pool);
  const [mails, texts] = [received.mails(), await received.texts()];
  const arrivedOf = ({ channel, chainId, caseId }: Chain): number =>
    (channel === "email"
      ? mails.get(`tidings.${chainId}@lender.example`)
      : texts.get(`Lender: notice of ${caseId}. Reply STOP to end texts.`)) ?? 0;
  const query = async (statement: string): Promise<string[]> =>
    (await pool.query<{ wrong: string }>(statement)).rows.map((row) => row.wrong);
  const counts = chains.map(arrivedOf);
  return {
    notices: chains.length,
    arrived: counts.filter((count) => count > 0).length,
    resent: counts.filter((count) => count > 1).length,
    waiting: chains.filter(({ isWaiting }) => isWaiting).length,
    held: chains.filter((chain) => chain.statusDetails?.endsWith("OutcomeUnknown")).length,
    receipts: reports.filter(({ isAccepted }) => isAccepted).length,
    replies: replies.filter(({ acceptedAt }) => acceptedAt !== undefined).length,
    violations: [
      ...chains.flatMap((chain, n) => judge(chain, counts[n] ?? 0)),
      ...judgeLimit(chains, counts, limit),
      ...(await query(ILLEGAL)),
      ...(await query(UNANSWERED)),
      ...(await query(UNRESOLVED)),
      ...(await proveRecord(pool)),
      ...sampled,
      ...(await compareOutages(pool, inflicted)),
      ...(await findForgotten(pool)),
      ...(await judgeReceipts(pool, reports)),
      ...(await judgeReplies(pool, replies, accepted)),
    ],
  };
}
