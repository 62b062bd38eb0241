import type { Command } from "./cli/command.ts";
import { helpOn } from "./help.ts";

/**
 * Every command by its name, in the order of the list. A command is loaded when it is called: loading all of them
 * takes a second of CPU, and an operator waits for it at each call.
 */
const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import("./start.ts")).start,
  demo: async () => (await import("./demo/demo.ts")).demo,
  templates: async () => (await import("./templates/group.ts")).templates,
  preview: async () => (await import("./preview/preview.ts")).preview,
  "dry-run": async () => (await import("./dry-run/dry-run.ts")).dryRun,
  status: async () => (await import("./status/status.ts")).status,
  check: async () => (await import("./check/check.ts")).check,
  waiting: async () => (await import("./waiting/waiting.ts")).waiting,
  outages: async () => (await import("./outages.ts")).outages,
  audit: async () => (await import("./audit/audit.ts")).audit,
  repair: async () => (await import("./audit/repair.ts")).repair,
  verify: async () => (await import("./verify/verify.ts")).verify,
  evidence: async () => (await import("./evidence/evidence.ts")).evidence,
  find: async () => (await import("./find/find.ts")).find,
  undelivered: async () => (await import("./undelivered.ts")).undelivered,
  inbox: async () => (await import("./inbox.ts")).inbox,
  explain: async () => (await import("./explain/explain.ts")).explain,
  show: async () => (await import("./show/show.ts")).show,
  held: async () => (await import("./held.ts")).held,
  release: async () => (await import("./held.ts")).release,
  refuse: async () => (await import("./held.ts")).refuse,
  cancel: async () => (await import("./cancel.ts")).cancel,
  reinstate: async () => (await import("./reinstate.ts")).reinstate,
  retry: async () => (await import("./retry.ts")).retry,
  amend: async () => (await import("./amend.ts")).amend,
  settle: async () => (await import("./settle.ts")).settle,
  pause: async () => (await import("./pause.ts")).pause,
  resume: async () => (await import("./pause.ts")).resume,
  receipts: async () => (await import("./receipts/receipts.ts")).receipts,
  retention: async () => (await import("./retention.ts")).retention,
  "legal-hold": async () => (await import("./legal-hold.ts")).legalHold,
  erase: async () => (await import("./erase.ts")).erase,
  reseal: async () => (await import("./reseal.ts")).reseal,
  "can-interact": async () => (await import("./can-interact/can-interact.ts")).canInteract,
  judge: async () => (await import("./judge/judge.ts")).judge,
  rules: async () => (await import("./rules/rules.ts")).rules,
  simulate: async () => (await import("./simulate/simulate.ts")).simulate,
  keys: async () => (await import("./keys.ts")).keys,
  openapi: async () => (await import("./openapi.ts")).openapi,
  migrate: async () => (await import("./migrate.ts")).migrate,
  roles: async () => (await import("./roles.ts")).roles,
  health: async () => (await import("./health.ts")).health,
  version: async () => (await import("./version.ts")).version,
};

const HELP = "help";

export const COMMAND_NAMES: readonly string[] = [...Object.keys(LOADERS), HELP];

const loadAll = (): Promise<Command[]> => Promise.all(Object.values(LOADERS).map((load) => load()));

/** Loads a command by its name. Resolves to undefined if there is none. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  if (name === HELP) return helpOn(await loadAll());
  return await (Object.hasOwn(LOADERS, name) ? LOADERS[name]?.() : undefined);
}
