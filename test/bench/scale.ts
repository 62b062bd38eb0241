import type { Deps } from "../../src/deps.ts";
import { createIntakeSweep } from "../../src/intake-sweep.ts";
import { loadOverview } from "../../src/commands/status/overview.ts";
import { parseBorrowerId, parseCaseId, parseContactId, parseLoanId } from "../../src/domain/ids.ts";
import { runAudit } from "../../src/record/audit.ts";
import { resolveWaiting } from "../../src/resolver.ts";
import type { InteractionFilter } from "../../src/store/api/interaction-filter.ts";
import { listInteractions } from "../../src/store/api/interaction-pages.ts";
import { loadChain } from "../../src/store/operate/chain.ts";
import { findInteractions } from "../../src/store/operate/find-interactions.ts";
import { loadTimeline } from "../../src/store/operate/timeline.ts";
import { listUndelivered, sweepUndelivered } from "../../src/store/operate/undelivered.ts";
import { listWaiting } from "../../src/store/operate/waiting.ts";
import { markSilent } from "../../src/store/receipts/silence.ts";
import {
  markOrphansUnknown,
  requeueOverdue,
  requeueUnsettled,
} from "../../src/store/settle/recovery.ts";
import { depsOn } from "../deps.ts";
import { caseChange, interaction } from "../ids.ts";
import { compare, median, printLine, shareOf } from "./compare.ts";
import { emailAtOnce } from "./deliver.ts";
import { loadHistory, NOTICES_A_BORROWER } from "./history.ts";
import { measure, type Run } from "./meter.ts";
import { deliverAll, makeDue } from "./notices.ts";
import { type BenchResult, insertPortfolio, type Scene } from "./scene.ts";

/** The number of notices in the large database. */
const MANY = shareOf(Number(process.env["SCALE_NOTICES"] ?? 10_000_000));
/** As many for a borrower, and few borrowers. */
const FEW = Math.min(MANY, 20_000);
const WORK = shareOf(1_000);
const TURNS = 3;
/** No list may take longer (ms). */
const SLOW_MS = 300;
const DAY_MS = 86_400_000;

/** A database with its history, and the dependencies of tasks on it. */
interface Side extends Scene {
  readonly deps: Deps;
  readonly notices: number;
}

/**
 * Compares the same work on a database of many notices with one of few. A read is measured by the median of several calls, in turn on
 * both; its ratio is the time on the small database divided by that on the large one.
 */
export async function benchScale(few: Scene, many: Scene): Promise<readonly BenchResult[]> {
  const sides = [await load(few, FEW), await load(many, MANY)] as const;
  const results: BenchResult[] = [
    { name: "scale: notices", few: FEW, many: MANY },
    await compareWork("scale: resolve", sides, resolve),
    await compareWork("scale: deliver", sides, deliver),
  ];
  for (const [name, read] of Object.entries(READS))
    results.push(await compareReads(`scale: ${name}`, sides, read));
  return results;
}

async function load(scene: Scene, notices: number): Promise<Side> {
  await insertPortfolio(scene, Math.max(WORK, Math.ceil(notices / NOTICES_A_BORROWER)));
  await loadHistory(scene, notices);
  const deps = depsOn(scene, { channels: { email: emailAtOnce() } });
  return { ...scene, deps, notices };
}

type Sides = readonly [few: Side, many: Side];

const compareWork = (
  name: string,
  [few, many]: Sides,
  work: (side: Side, turn: string) => Promise<Run>,
): Promise<BenchResult> => {
  let turn = 0;
  return compare({
    name,
    ours: () => work(many, `${name}-${(turn += 1)}`),
    others: { "the same on a database of few notices": () => work(few, `${name}-${turn}`) },
  });
};

async function deliver(side: Side, turn: string): Promise<Run> {
  const about = { name: turn, channel: "email", count: WORK } as const;
  return deliverAll(side, side.deps, await makeDue(side, side.deps, about));
}

/** From the insert of the changes to the last planned interaction. The interactions are due in days. */
const resolve = (side: Side, turn: string): Promise<Run> =>
  measure({
    count: WORK,
    postgres: side,
    work: async () => {
      await side.pool.query(
        `insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status)
         select $1 || '-' || n, 'disaster', 'BO-' || n, array['LN-' || n], 'initiated' from generate_series(1, ${WORK}) n`,
        [turn],
      );
      await resolveWaiting(side.deps);
    },
  });

type Read = (side: Side) => Promise<unknown>;

const list =
  (filter: InteractionFilter, sortBy: "createdAt" | "startedAt" = "createdAt"): Read =>
  ({ db }) =>
    listInteractions(db, filter, { sortBy, order: "desc", limit: 100 });
const find =
  (filter: InteractionFilter): Read =>
  ({ db }) =>
    findInteractions(db, filter, 50);
const before = (ms: number): Date => new Date(Date.now() - ms);
const PERSON = parseBorrowerId("BO-7");
const CASE = parseCaseId("OLD-7");

const READS: Readonly<Record<string, Read>> = {
  "list of all": list({}),
  "list of all by startedAt": list({}, "startedAt"),
  "list of a borrower": list({ personId: PERSON }),
  "list of a case": list({ caseId: [CASE] }),
  "list of a loan": list({ loanId: [{ id: parseLoanId("LN-7") }] }),
  "list of a contact": list({ contactId: [{ id: parseContactId("CE-7") }] }),
  "list of what failed": list({ status: ["failed"] }),
  "find --until two years ago": find({ createdBefore: before(729 * DAY_MS) }),
  "find a subject that no notice has": find({ subject: ["none"] }),
  "find --status failed": find({ status: ["failed"] }),
  "find a case": find({ caseId: [CASE] }),
  explain: ({ db }) => loadChain(db, interaction(7)),
  "explain --timeline": ({ db }) =>
    loadTimeline(db, { caseChangeIds: [caseChange(7)], interactionIds: [interaction(7)] }),
  "waiting --case": ({ db }) => listWaiting(db, { caseIds: [CASE] }, 50),
  waiting: ({ db }) => listWaiting(db, {}, 50),
  undelivered: ({ db }) => listUndelivered(db, 50),
  status: ({ db }) => loadOverview(db),
  "sweep of overdue notices": ({ db }) => requeueOverdue(db, before(60_000)),
  "sweep of unknown outcomes": ({ db }) => requeueUnsettled(db, before(60_000)),
  "sweep of dead workers": ({ db }) => markOrphansUnknown(db),
  "sweep of undelivered notices": ({ db }) => sweepUndelivered(db),
  "sweep of missing receipts": ({ db }) =>
    markSilent(db, { channel: "email", heardBefore: before(DAY_MS), most: 100 }),
  "sweep of the intake": ({ deps }) => createIntakeSweep(deps)(),
  // of as many notices on both sides
  "audit of a day of the larger database": ({ db, notices }) =>
    runAudit(
      db,
      { from: before((DAY_MS * MANY) / notices), until: before(0), caseId: null },
      { onGap: () => {}, onProgress: () => {} },
    ),
};

async function compareReads(name: string, [few, many]: Sides, read: Read): Promise<BenchResult> {
  const times = { few: [] as number[], many: [] as number[] };
  for (let turn = 0; turn <= TURNS; turn += 1) {
    const took = { few: await timeOf(() => read(few)), many: await timeOf(() => read(many)) };
    if (turn === 0) continue;
    times.few.push(took.few);
    times.many.push(took.many);
  }
  const [fewMs, manyMs] = [median(times.few), median(times.many)];
  printLine(`${name}: ${fewMs.toFixed(1)} ms, with many notices ${manyMs.toFixed(1)} ms`);
  const short = (value: number): number => Number(value.toFixed(2));
  return {
    name,
    fewMs: short(fewMs),
    manyMs: short(manyMs),
    ratio: short(fewMs / manyMs),
    isSlow: manyMs > SLOW_MS,
  };
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}
