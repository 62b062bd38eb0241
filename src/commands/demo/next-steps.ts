import { relative } from "node:path";
import type { OverviewRow } from "../../store/operate/overview.ts";
import { aligned } from "../cli/layout.ts";

interface Shell {
  /** The folder of the demo. */
  readonly dir: string;
  /** The present folder of the shell. */
  readonly cwd: string;
  /** The words that run Tidings. */
  readonly tidings: string;
}

/** Describes what to look at after the demo, with commands that work as printed in the shell that ran it. */
export function nextSteps(outcomes: readonly OverviewRow[], { dir, cwd, tidings }: Shell): string {
  const run = `DATA_DIR=${quoted(relative(cwd, dir))} ${tidings}`;
  const retried = outcomes.filter((one) => one.caseChange === "refused for now, then accepted");
  const silent = outcomes.find((one) => one.caseChange === "a condition that does not hold");
  const steps = [
    ["find --case CS-8", "a notice that was refused for now, then accepted"],
    [`explain ${retried.at(0)?.interactionId}`, "why it exists, when, to whom, what happened"],
    [`show ${retried.at(-1)?.interactionId}`, "the message that was sent"],
    [`explain --change ${silent?.caseChangeId}`, "why a change sent nothing"],
  ];
  const lines = aligned(steps.map(([words, meaning]) => [`  ${run} ${words}`, `# ${meaning}`]));
  return [
    "\nThe demo's database is kept. These commands start it, look, and stop it:\n",
    ...lines,
    "\nNext: docs/first-notice.md leads to a notice from a Postgres of your own.",
  ].join("\n");
}

const quoted = (path: string): string =>
  /^[\w./-]+$/u.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
