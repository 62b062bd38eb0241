import type { Pool } from "pg";
import { runAudit } from "../../src/record/audit.ts";
import { createDb } from "../../src/store/postgres/db.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import type { Received } from "./received.ts";

/** The recorded data of one notice. */
interface Chain {
  readonly chainId: string;
  readonly channel: "email" | "text";
  readonly caseId: string;
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
  /** Recorded as unknown and held for a person; they may have arrived. */
  readonly held: number;
  readonly violations: readonly string[];
}

async function readChains(pool: Pool): Promise<Chain[]> {
  const { rows } = await pool.query<Chain>(`
    select c.chain_id as "chainId", c.channel, c.case_id as "caseId", t.on_unknown as "onUnknown", c.status, c.status_details as "statusDetails",
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
  const wrong: string[] = [];
  if (status !== "attempted" && status !== "succeeded") wrong.push(`${is}: it is not at its end`);
  if (arrived === 0 && !isHeld) wrong.push(`${is}: lost`);
  if (arrived > 1 + unknown) wrong.push(`${is}: sent again without a word of it`);
  return wrong;
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

/** Compares the received messages with the record. `sampled` are violations that were seen during the run. */
export async function judgeRun(
  pool: Pool,
  received: Received,
  sampled: readonly string[],
): Promise<Verdict> {
  const chains = await readChains(pool);
  const [mails, texts] = [received.mails(), await received.texts()];
  const arrivedOf = ({ channel, chainId, caseId }: Chain): number =>
    (channel === "email"
      ? mails.get(`tidings.${chainId}@lender.example`)
      : texts.get(`Lender: notice of ${caseId}`)) ?? 0;
  const query = async (statement: string): Promise<string[]> =>
    (await pool.query<{ wrong: string }>(statement)).rows.map((row) => row.wrong);
  const counts = chains.map(arrivedOf);
  return {
    notices: chains.length,
    arrived: counts.filter((count) => count > 0).length,
    resent: counts.filter((count) => count > 1).length,
    held: chains.filter((chain) => chain.statusDetails?.endsWith("OutcomeUnknown")).length,
    violations: [
      ...chains.flatMap((chain, n) => judge(chain, counts[n] ?? 0)),
      ...(await query(ILLEGAL)),
      ...(await query(UNANSWERED)),
      ...(await query(UNRESOLVED)),
      ...(await proveRecord(pool)),
      ...sampled,
      ...(await findForgotten(pool)),
    ],
  };
}
