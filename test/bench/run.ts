import { printLine, SHARE } from "./compare.ts";
import { benchDaemons } from "./daemons.ts";
import { benchDeliver } from "./deliver.ts";
import { benchErase } from "./erase.ts";
import { benchHttp } from "./http.ts";
import { benchIdle } from "./idle.ts";
import { benchJudge } from "./judge.ts";
import { machineFacts } from "./meter.ts";
import { benchReceipts } from "./receipts.ts";
import { benchRender } from "./render.ts";
import { benchResolve } from "./resolve.ts";
import { benchScale } from "./scale.ts";
import { type Bench, type BenchResult } from "./scene.ts";
import { benchSimulate } from "./simulate.ts";
import { benchSmtp } from "./smtp.ts";
import { benchTree } from "./tree.ts";
import { benchTwilio } from "./twilio.ts";
import { withScene } from "./with-scene.ts";

const onPostgres = (bench: Bench) => (): Promise<readonly BenchResult[]> => withScene(bench);

const BENCHES: Readonly<Record<string, () => Promise<readonly BenchResult[]>>> = {
  resolve: onPostgres(benchResolve),
  deliver: onPostgres(benchDeliver),
  smtp: onPostgres(benchSmtp),
  twilio: onPostgres(benchTwilio),
  tree: onPostgres(benchTree),
  idle: onPostgres(benchIdle),
  receipts: onPostgres(benchReceipts),
  daemons: onPostgres(benchDaemons),
  erase: onPostgres(benchErase),
  http: onPostgres(benchHttp),
  simulate: onPostgres(benchSimulate),
  render: benchRender,
  judge: benchJudge,
};

/** These take long, so they run only by name. */
const LONG_BENCHES: typeof BENCHES = {
  scale: () => withScene((few) => withScene((many) => benchScale(few, many))),
};

/** One bench that fails does not lose the figures of the others. */
async function runBench(name: string): Promise<readonly BenchResult[]> {
  try {
    return (await (BENCHES[name] ?? LONG_BENCHES[name])?.()) ?? [];
  } catch (error) {
    process.exitCode = 1;
    return [{ name, failed: String(error) }];
  }
}

async function runAll(names: readonly string[]): Promise<void> {
  const startedAt = new Date();
  const machine = machineFacts();
  const results: BenchResult[] = [];
  for (const name of names) results.push(...(await runBench(name)));
  const times = { startedAt, endedAt: new Date() };
  const document = { ...times, share: SHARE, machine, results };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

const names = process.argv.slice(2);
const known = Object.keys({ ...BENCHES, ...LONG_BENCHES });
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length === 0) await runAll(names.length === 0 ? Object.keys(BENCHES) : names);
else {
  printLine(`npm run bench -- NAME, where NAME is one of ${known.join(", ")}`);
  process.exitCode = 1;
}
