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

/**
 * Delivers notices and then makes their rows leaves of the record tree, on the same cores; the other side only delivers. A daemon
 * does both at the same time, at most once in ten seconds.
 */
export async function benchTree(scene: Scene): Promise<readonly BenchResult[]> {
  await insertPortfolio(scene, NOTICES);
  const email = createChannel(AT_ONCE, readConfig({}).channels.email);
  const deps = depsOn(scene, { channels: { email } });
  const grow = createTreeGrower({ ...deps, emit: () => {} }, readSigningKey(Buffer.alloc(32, 7)));
  let turn = 0;
  const deliver = async (): Promise<Run> => await deliverNext(scene, deps, (turn += 1));
  /** The second round reads the same ids again, as a daemon does when they are complete. */
  const growAll = async (): Promise<void> => {
    await grow();
    await grow();
  };
  return [
    await compare({
      name: "tree: deliver with leaves",
      ours: async () => {
        await growAll();
        const delivered = await deliver();
        const grown = await measure({ count: NOTICES, postgres: scene, work: growAll });
        return together(delivered, grown);
      },
      others: { "without leaves": deliver },
    }),
  ];
}

async function deliverNext(scene: Scene, deps: Deps, turn: number): Promise<Run> {
  const notices = { name: `TREE-${turn}`, channel: "email", count: NOTICES } as const;
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
