import { runChaos } from "./run.ts";

const seconds = Number(process.env["CHAOS_SECONDS"] ?? 60);
const seed = Number(process.env["CHAOS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const printLine = (line: string): void => void process.stdout.write(`${line}\n`);

printLine(`chaos for ${seconds} s; CHAOS_SEED=${seed} kills in the same order again`);
const verdict = await runChaos({ seconds, seed, printLine });
printLine(JSON.stringify({ ...verdict, violations: verdict.violations.length }));
for (const violation of verdict.violations.slice(0, 50)) printLine(violation);
process.exitCode = verdict.violations.length === 0 && verdict.notices > 0 ? 0 : 1;
