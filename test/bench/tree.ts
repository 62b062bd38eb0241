import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import type { Deps } from "../../src/deps.ts";
import { createTreeGrower } from "../../src/record/record-tree.ts";
import { readSigningKey } from "../../src/record/tree-signature.ts";
import { depsOn } from "../deps.ts";
import { compare, shareOf } from "./compare.ts";
import { AT_ONCE } from "./deliver.ts";
import { type Costs, measure, type Run } from "./meter.ts";
import { deliverAll, makeDue } from "./notices.ts";
import { type BenchResult, insertPortfolio, type Scene } from "./scene.ts";

const NOTICES = shareOf(5_000);
/** With this many notices a daemon adds leaves more than once during the run. */
const LONG = shareOf(25_000);
/** A daemon adds leaves this often (ms). */
const GROW_EVERY_MS = 10_000;

/**
 * Measures the work of the record tree, and how much it delays delivery. In the first case one side delivers and then adds all leaves of
 * these notices. In the second case it delivers while leaves are added as a daemon adds them. The other side only delivers.
 */
export async function benchTree(scene: Scene): Promise<readonly BenchResult[]> {
  await insertPortfolio(scene, LONG);
  const email = createChannel(AT_ONCE, readConfig({}).channels.email);
  const deps = depsOn(scene, { channels: { email } });
  const grow = createTreeGrower({ ...deps, emit: () => {} }, readSigningKey(Buffer.alloc(32, 7)));
  let turn = 0;
  const deliver = async (count: number): Promise<Run> =>
    await deliverNext(scene, deps, { turn: (turn += 1), count });
  /** The second round reads the same ids again, as a daemon does when they are complete. */
  const growAll = async (): Promise<void> => {
    await grow();
    await grow();
  };
  return [
    await compare({
      name: "tree: deliver and add all leaves",
      ours: async () => {
        await growAll();
        const delivered = await deliver(NOTICES);
        const grown = await measure({ count: NOTICES, postgres: scene, work: growAll });
        return together(delivered, grown);
      },
      others: { "without leaves": () => deliver(NOTICES) },
    }),
    await compare({
      name: "tree: deliver while leaves are added",
      ours: () => whileGrowing(grow, () => deliver(LONG)),
      others: { "without leaves": () => deliver(LONG) },
    }),
  ];
}

/** Adds leaves at once and then as often as a daemon does. */
async function whileGrowing(grow: () => Promise<void>, work: () => Promise<Run>): Promise<Run> {
  let growing = grow();
  const timer = setInterval(() => void (growing = growing.then(grow)), GROW_EVERY_MS);
  const run = await work();
  clearInterval(timer);
  await growing;
  return run;
}

async function deliverNext(
  scene: Scene,
  deps: Deps,
  { turn, count }: { readonly turn: number; readonly count: number },
): Promise<Run> {
  const notices = { name: `TREE-${turn}`, channel: "email", count } as const;
  return await deliverAll(scene, deps, await makeDue(scene, deps, notices));
}

/** Two parts of the work on each notice, one after the other. */
function together(one: Run, other: Run): Run {
  const sum = (name: keyof Costs): number | null => {
    const [first, second] = [one[name], other[name]];
    return first === null || second === null ? null : first + second;
  };
  return {
    perSecond: 1 / (1 / one.perSecond + 1 / other.perSecond),
    nodeUs: sum("nodeUs"),
    postgresUs: sum("postgresUs"),
    walBytes: sum("walBytes"),
  };
}
