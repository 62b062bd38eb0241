import type { InteractionId } from "../../src/domain/ids.ts";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import type { Provider } from "../../src/providers/answer/provider.ts";
import type { DeliveryChannel, Deps } from "../../src/deps.ts";
import { prepare } from "../../src/decide/deliver/prepare.ts";
import { createDb } from "../../src/store/postgres/db.ts";
import { judgeAndClaim } from "../../src/delivery/judge-and-claim.ts";
import { loadFactSheets } from "../../src/store/deliver/fact-sheets.ts";
import { trackOutages } from "../../src/store/postgres/outages.ts";
import { openQueue, type Queue } from "../../src/store/queue/queue.ts";
import { depsOn } from "../deps.ts";
import { compare, shareOf } from "./compare.ts";
import { measure, type Run } from "./meter.ts";
import { CONCURRENCY, deliverAll, makeDue } from "./notices.ts";
import { insertPortfolio, type BenchResult, type Scene } from "./scene.ts";

const NOTICES = shareOf(5_000);

/** A provider that accepts everything at once. */
export const AT_ONCE: Provider = {
  name: "at-once",
  slots: 100,
  send: async () => ({
    kind: "accepted",
    status: "attempted",
    statusDetails: "emailSent",
    messageId: "1",
    evidence: { provider: "at-once", durationMs: 0 },
  }),
  close: async () => {},
};

/** A channel whose provider answers at once. */
export const emailAtOnce = (): DeliveryChannel =>
  createChannel(AT_ONCE, readConfig({}).channels.email);

/**
 * Delivers notices through a provider that answers at once; the other side uses one job per notice and one statement
 * per step.
 */
export async function benchDeliver(scene: Scene): Promise<readonly BenchResult[]> {
  await insertPortfolio(scene, NOTICES);
  const deps = depsOn(scene, { channels: { email: emailAtOnce() } });
  let turn = 0;
  return [
    await compare({
      name: "deliver",
      ours: () => deliverOurs(scene, deps, `OURS-${(turn += 1)}`),
      others: {
        "one job a notice, one statement a step": () =>
          deliverPlainly(scene, { ...deps, db: createDb(scene.pool) }, `PLAIN-${(turn += 1)}`),
      },
    }),
  ];
}

async function deliverOurs(scene: Scene, deps: Deps, name: string): Promise<Run> {
  const ids = await makeDue(scene, deps, { name, channel: "email", count: NOTICES });
  return deliverAll(scene, deps, ids);
}

async function deliverPlainly(scene: Scene, deps: Deps, name: string): Promise<Run> {
  const { pool } = scene;
  const ids = await makeDue(scene, deps, { name, channel: "email", count: NOTICES });
  await pool.query("select tidings_queue.complete_jobs(array_agg(id)) from tidings_queue.jobs");
  await pool.query(
    "select tidings_queue.add_job('deliver_plainly', json_build_object('id', id)) from unnest($1::text[]) id",
    [ids],
  );
  const all = Promise.withResolvers<void>();
  let sent = 0;
  const deliver = async (payload: unknown): Promise<void> => {
    await deliverOne(scene, deps, (payload as { id: InteractionId }).id);
    sent += 1;
    if (sent === ids.length) all.resolve();
  };
  const queues: Queue[] = [];
  const run = await measure({
    count: ids.length,
    postgres: scene,
    work: async () => {
      const options = { concurrency: CONCURRENCY, emit: () => {}, outages: trackOutages(() => {}) };
      queues.push(await openQueue({ pool, taskList: { deliver_plainly: deliver }, ...options }));
      await all.promise;
    },
  });
  for (const queue of queues) await queue.stop(10_000);
  return run;
}

/** The baseline: load, judge, claim, send and record, each for one notice. */
async function deliverOne({ pool }: Scene, deps: Deps, id: InteractionId): Promise<void> {
  const [facts] = await loadFactSheets(deps.db, [id]);
  if (facts === undefined) return;
  const findTemplate = await deps.loadTemplates([facts]);
  const prepared = prepare(facts, findTemplate(facts), {
    ...deps,
    canSeal: false,
    now: new Date(),
  });
  if (prepared.kind !== "ready") return;
  const claim = { ...prepared.claim, provider: AT_ONCE.name };
  const { won } = await judgeAndClaim(deps, [{ ready: prepared, claim }]);
  if (!won.has(id)) return;
  const answer = await AT_ONCE.send(prepared.message);
  await pool.query(
    `update tidings.interactions set status = 'attempted', status_details = 'emailSent', provider_message_id = '1',
       ended_at = now(), evidence = $2 where id = $1 and status = 'inProgress'`,
    [id, JSON.stringify(answer.evidence)],
  );
}
