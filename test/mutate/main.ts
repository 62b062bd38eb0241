import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { type Mutant, mutantsOfTarget, TARGETS } from "./mutants.ts";

const WORKERS = 2;
/** A mutant that takes this long (ms) loops without end. The first one of a worker also loads all modules. */
const PATIENCE_MS = 60_000;
const AIM = 0.95;

/** Survivors that no row can kill, with the reason. */
const EXPLAINED = JSON.parse(
  readFileSync(new URL("survivors.json", import.meta.url), "utf8"),
) as Readonly<Record<string, string>>;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Runner {
  survives(mutant: Mutant): Promise<boolean>;
  end(): Promise<number>;
}

/** Runs mutants one after the other in a thread, and starts another thread where one hangs. */
function openRunner(): Runner {
  const open = (): Worker => new Worker(new URL("worker.ts", import.meta.url));
  let worker = open();
  return {
    async survives(mutant) {
      const { promise, resolve } = Promise.withResolvers<boolean | "hangs">();
      const timer = setTimeout(() => resolve("hangs"), PATIENCE_MS);
      worker.once("message", resolve);
      worker.once("error", () => resolve("hangs"));
      // a thread has no origin
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      worker.postMessage(mutant);
      const answer = await promise;
      clearTimeout(timer);
      worker.removeAllListeners("message");
      worker.removeAllListeners("error");
      if (answer !== "hangs") return answer;
      await worker.terminate();
      worker = open();
      return false;
    },
    end: () => worker.terminate(),
  };
}

async function run(mutants: readonly Mutant[]): Promise<Mutant[]> {
  const survivors: Mutant[] = [];
  const queue = [...mutants];
  const work = async (): Promise<void> => {
    const runner = openRunner();
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      if (await runner.survives(next)) survivors.push(next);
    await runner.end();
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return survivors.toSorted(
    (one, other) => one.file.localeCompare(other.file) || one.line - other.line,
  );
}

const [, , name = "", part = ""] = process.argv;
if (TARGETS[name] === undefined) {
  say(
    `npm run mutate -- NAME [PART], where NAME is one of ${Object.keys(TARGETS).join(", ")}, and PART selects files by a part of their path`,
  );
  process.exitCode = 1;
} else {
  const mutants = mutantsOfTarget(name).filter(({ file }) => file.includes(part));
  const survivors = await run(mutants);
  const score = (mutants.length - survivors.length) / mutants.length;
  for (const { name: survivor, line } of survivors)
    say(`survived, line ${line}: ${survivor}\n  ${EXPLAINED[survivor] ?? "NO REASON IS GIVEN"}`);
  say(
    `${mutants.length} mutants, ${survivors.length} survived: ${(score * 100).toFixed(1)} % killed`,
  );
  const isExplained = survivors.every((survivor) => EXPLAINED[survivor.name] !== undefined);
  process.exitCode = score >= AIM && isExplained ? 0 : 1;
}
