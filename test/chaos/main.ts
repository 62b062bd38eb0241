import { runChaos } from "./run.ts";

const seconds = Number(process.env["CHAOS_SECONDS"] ?? 60);
const seed = Number(process.env["CHAOS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

tell(`chaos for ${seconds} s; CHAOS_SEED=${seed} kills in the same order again`);
const verdict = await runChaos({ seconds, seed, tell });
tell(JSON.stringify({ ...verdict, violations: verdict.violations.length }));
for (const violation of verdict.violations.slice(0, 50)) tell(violation);
process.exitCode = verdict.violations.length === 0 && verdict.notices > 0 ? 0 : 1;
