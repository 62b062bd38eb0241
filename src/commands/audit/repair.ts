import { runAudit } from "../../record/audit.ts";
import type { Gap } from "../../domain/audit/audit.ts";
import { REPAIR_KINDS, type RepairKind } from "../../domain/vocabulary.ts";
import { orderRepairs, type RepairOrder } from "../../store/audit/repairs.ts";
import type { Db } from "../../store/postgres/db.ts";
import { YES_OPTION } from "../cli/bulk.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT, type ExitCode } from "../cli/exit-codes.ts";
import { aligned, counted, page, wrapped } from "../cli/layout.ts";
import { readScope, SCOPE_OPTIONS } from "./scope.ts";
import { BY_OPTION, readOperator, readReason, REASON_OPTION } from "../cli/operator.ts";
import { JSON_OPTION, printResult } from "../cli/json.ts";
import { toStderr } from "../cli/print.ts";
import { createProgress } from "./page.ts";

const BATCH = 1_000;

/** Orders the repair of what an audit finds missing. A daemon carries it out. */
export const repair = command({
  name: "repair",
  summary: "order repairs of what an audit finds missing; the reason is recorded",
  takes: '[--from TIME] [--until TIME] [--case ID] [--reason "…" --yes] [--by NAME] [--json]',
  details: `Makes an audit and shows how many gaps of each kind can be closed. With --yes it orders their repair: a
daemon takes in and resolves changes, plans missing notices again as new interactions, and queues lost
jobs. It does so within seconds, once for each gap, in the operator's name. It leaves other gaps: a
person must find out why the record differs. A TIME is a date, a moment or an age such as 12h or 7d.`,
  options: {
    ...SCOPE_OPTIONS,
    ...REASON_OPTION,
    ...BY_OPTION,
    ...YES_OPTION,
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    const isConfirmed = options.yes === true;
    const reason = isConfirmed ? readReason(options.reason) : "";
    const operator = readOperator(options.by);
    return await withDatabase(`operator:${operator}`, async (db, { lender }) => {
      const scope = await readScope(db, options, lender.timeZone);
      const gaps: Gap[] = [];
      const onProgress = createProgress(toStderr, process.stderr.isTTY);
      await runAudit(db, scope, { onGap: (gap) => gaps.push(gap), onProgress });
      const orders = gaps.flatMap(orderOf);
      const isUnconfirmed = orders.length > 0 && !isConfirmed;
      const ordered = isUnconfirmed ? 0 : await orderAll(db, orders, reason);
      const result = { isConfirmed, gaps: countsOf(gaps), repairable: orders.length, ordered };
      printResult({ print, json: options.json === true }, result, [
        countPage(gaps),
        ...resultLines(result),
      ]);
      return isUnconfirmed ? EXIT.refused : leftover(gaps, orders);
    });
  },
});

const isRepairable = (kind: Gap["kind"]): kind is RepairKind & Gap["kind"] =>
  REPAIR_KINDS.some((one) => one === kind);

/** The order for a gap; none if no order can close it. */
function orderOf(gap: Gap): RepairOrder[] {
  const { kind, caseChangeId, interactionId } = gap;
  if (!isRepairable(kind)) return [];
  const isNotice = kind === "noticeMissing";
  return [
    {
      kind,
      caseChangeId,
      notificationTypeId: isNotice ? gap.notificationTypeId : null,
      notificationTypeVersion: isNotice ? gap.notificationTypeVersion : null,
      interactionId: kind === "jobMissing" ? interactionId : null,
    },
  ];
}

/** Orders repairs in batches and returns how many are new; the others had been ordered before. A long run shows its progress on a terminal. */
async function orderAll(db: Db, orders: readonly RepairOrder[], reason: string): Promise<number> {
  let ordered = 0;
  for (let at = 0; at < orders.length; at += BATCH) {
    ordered += await orderRepairs(db, orders.slice(at, at + BATCH), reason);
    if (process.stderr.isTTY && orders.length > BATCH)
      toStderr(`${Math.min(at + BATCH, orders.length)} of ${counted(orders.length, "repair")}`);
  }
  return ordered;
}

interface Result {
  readonly isConfirmed: boolean;
  readonly repairable: number;
  readonly ordered: number;
}

function resultLines({ isConfirmed, repairable, ordered }: Result): string[] {
  if (repairable === 0) return [];
  if (!isConfirmed)
    return [
      `\nNothing was ordered. Repeat the command with --yes and --reason to repair ${repairable === 1 ? "it" : "these"}.`,
    ];
  const before = repairable - ordered;
  const waiting = before === 0 ? "" : ` ${counted(before, "repair")} had been ordered before.`;
  return [
    `\nOrdered ${counted(ordered, "repair")}.${waiting} A daemon carries them out within seconds.`,
  ];
}

/** The number of gaps of each kind. */
const countsOf = (gaps: readonly Gap[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...Map.groupBy(gaps, ({ kind }) => kind)].map(([kind, those]) => [kind, those.length]),
  );

/** A gap that no repair can close needs a person. */
const leftover = (gaps: readonly Gap[], orders: readonly RepairOrder[]): ExitCode =>
  gaps.length > orders.length ? EXIT.checkFailed : EXIT.done;

function countPage(gaps: readonly Gap[]): string {
  if (gaps.length === 0) return "Nothing is missing.";
  const rows = [...Map.groupBy(gaps, ({ kind }) => kind)].map(([kind, those]) => [
    kind,
    those.length.toLocaleString("en-US"),
    isRepairable(kind) ? "can be repaired" : "a person must look at it: `tidings audit`",
  ]);
  const { length } = gaps.filter(({ kind }) => isRepairable(kind));
  return page([
    ...aligned(rows),
    ...wrapped(`${counted(length, "gap")} of ${gaps.length} can be repaired.`),
  ]);
}
