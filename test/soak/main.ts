import { printLine } from "../bench/compare.ts";
import { machineFacts } from "../bench/meter.ts";
import { withScene } from "../bench/with-scene.ts";
import { soak } from "./run.ts";

const seconds = Number(process.env["SOAK_SECONDS"] ?? 3_600);
const machine = machineFacts();
const result = await withScene((scene) => soak(scene, seconds));
process.stdout.write(`${JSON.stringify({ machine, ...result }, null, 2)}\n`);
const growing = result.growth.filter(({ grows }) => grows).map(({ figure }) => figure);
if (growing.length > 0) {
  printLine(`grows: ${growing.join(", ")}`);
  process.exitCode = 1;
}
