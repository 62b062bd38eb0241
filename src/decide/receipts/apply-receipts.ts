import { isDeepStrictEqual } from "node:util";
import type { RuleId } from "../../domain/guard/rule-ids.ts";
import type { ProviderReceipt } from "../../domain/receipts/provider-receipt.ts";
import type { StatusDetails } from "../../domain/status-details.ts";
import { compareText, fit, type Fit, type Oddity, type Placed } from "./fit.ts";
import { nextTry, type NextTry } from "./next-try.ts";
import { isBeyondLimit } from "./soft-failures.ts";
import type { CodeMeaning, ContactEffect, Progress, ReceiptTable, StatusRow } from "./table.ts";

/** The known data of a message that was handed to a provider. */
export interface ReceiptState {
  /**
   * The provider's answer when it accepted the message. It is null until that is recorded, and until then all receipts
   * wait.
   */
  readonly acceptedAs: ProviderReceipt | null;
  /** Each receipt once. */
  readonly receipts: readonly ProviderReceipt[];
}

/** The data for reading receipts in addition to the table. */
export interface ReceiptContext {
  /** The number of the attempt in its chain, from 1. */
  readonly attempt: number;
  readonly latestAt: Date | null;
  /** Soft failures of this contact with other messages since one last succeeded. */
  readonly softFailures: readonly Date[];
}

/** An unexpected event that a person should see. The status is still right. */
export type ReceiptAlert =
  /** A failure was reported after a delivery. The message counts as not received. */
  | "lateBounce"
  /** A delivery was reported after a failure. The consequences of the failure must be withdrawn. */
  | "deliveredAfterFailure";

/** The combined result of a message's receipts. */
export interface ReceiptResult {
  /** Null until the acceptance is recorded. */
  readonly progress: Progress | null;
  /** The receipt that determined the result. */
  readonly decidedBy: ProviderReceipt | null;
  readonly ruleId: RuleId | null;
  /** A label, and a sentence that states what to do; null unless failed. */
  readonly short: string | null;
  readonly long: string | null;
  readonly contact: readonly ContactEffect[];
  readonly next: NextTry;
  readonly alerts: readonly ReceiptAlert[];
  /** For the limits on calls; null for other channels than voice. */
  readonly countsAsCall: boolean | null;
  /** Receipts that do not fit the others. They change nothing and are judged again with every receipt that arrives. */
  readonly oddities: readonly Oddity[];
}

/** The changes that new receipts caused. */
export interface AppliedReceipts {
  readonly state: ReceiptState;
  readonly before: ReceiptResult;
  readonly after: ReceiptResult;
  /** The new progress, if it changed. */
  readonly movedTo: Progress | null;
  readonly alertsRaised: readonly ReceiptAlert[];
  readonly effectsAdded: readonly ContactEffect[];
  /** Effects that were written to the contact and no longer apply. */
  readonly effectsWithdrawn: readonly ContactEffect[];
}

/**
 * Adds receipts to a message. The result depends only on the set of receipts: their order, grouping and repetition do
 * not change it.
 */
export function applyReceipts(
  table: ReceiptTable,
  before: ReceiptState,
  arrived: readonly ProviderReceipt[],
  context: ReceiptContext,
): AppliedReceipts {
  const state = { ...before, receipts: withoutRepeats([...before.receipts, ...arrived], table) };
  const was = readReceipts(table, before, context);
  const is = readReceipts(table, state, context);
  return {
    state,
    before: was,
    after: is,
    movedTo: isDeepStrictEqual(was.progress, is.progress) ? null : is.progress,
    alertsRaised: missingFrom(is.alerts, was.alerts),
    effectsAdded: missingFrom(is.contact, was.contact),
    effectsWithdrawn: missingFrom(was.contact, is.contact),
  };
}

/** Reads a message's receipts by this table. It only reads, so a changed table can be tried on old receipts. */
export function readReceipts(
  table: ReceiptTable,
  { acceptedAs, receipts }: ReceiptState,
  context: ReceiptContext,
): ReceiptResult {
  if (acceptedAs === null) return WAITING;
  const found = fit(table, [acceptedAs, ...receipts]);
  const { deciding, fitting, oddities } = found;
  const failure = failureOf(deciding, table, context);
  return {
    progress: failure.progress ?? progressOf(deciding),
    decidedBy: deciding?.receipt ?? null,
    ruleId: failure.ruleId,
    short: failure.short,
    long: failure.long,
    contact: [...fitting.flatMap(({ row }) => row.contact ?? []), ...failure.contact],
    next: failure.next,
    alerts: alertsOf(found),
    countsAsCall: countsAsCall(deciding?.row, fitting),
    oddities,
  };
}

const NONE: NextTry = { kind: "none" };

const WAITING: ReceiptResult = {
  progress: null,
  decidedBy: null,
  ruleId: null,
  short: null,
  long: null,
  contact: [],
  next: NONE,
  alerts: [],
  countsAsCall: null,
  oddities: [],
};

/** Returns receipts in one order, each once. Of equal receipts the earliest is kept. */
function withoutRepeats(
  receipts: readonly ProviderReceipt[],
  table: ReceiptTable,
): ProviderReceipt[] {
  const readsCode = new Set(
    table.statuses
      .filter((row) => row.readsCode === true || row.codeClass)
      .map((row) => row.rawStatus),
  );
  const keyOf = ({ rawStatus, code, qualifier }: ProviderReceipt): string =>
    JSON.stringify([rawStatus, readsCode.has(rawStatus) ? code : null, qualifier]);
  const inOrder = receipts.toSorted(
    (one, other) =>
      one.receivedAt.getTime() - other.receivedAt.getTime() ||
      compareText(JSON.stringify(one), JSON.stringify(other)),
  );
  return [...Map.groupBy(inOrder, keyOf).values()].flatMap((same) => same.slice(0, 1));
}

function progressOf(deciding: Placed | undefined): Progress | null {
  if (deciding === undefined) return null;
  const { receipt, row } = deciding;
  const qualified = row.qualified?.find(([pattern]) => pattern.test(receipt.qualifier ?? ""));
  return qualified?.[1] ?? row.progress;
}

type Failure = Pick<ReceiptResult, "progress" | "ruleId" | "short" | "long" | "contact" | "next">;
const NO_FAILURE: Failure = {
  progress: null,
  ruleId: null,
  short: null,
  long: null,
  contact: [],
  next: NONE,
};

function failureOf(
  deciding: Placed | undefined,
  table: ReceiptTable,
  context: ReceiptContext,
): Failure {
  if (deciding?.row.readsCode !== true) return NO_FAILURE;
  const { code, qualifier, receivedAt } = deciding.receipt;
  const meaning = table.meaningOf(code, qualifier);
  const unusable = softLimitEffect(meaning, [...context.softFailures, receivedAt]);
  const next =
    unusable === null ? nextTry(meaning.retry, { ...context, failedAt: receivedAt }) : NONE;
  return {
    progress: { status: "failed", statusDetails: detailsOf(deciding, meaning, next) },
    ruleId: meaning.ruleId ?? null,
    short: meaning.short,
    long: meaning.long,
    contact: [...meaning.contact, ...(unusable === null ? [] : [unusable])],
    next,
  };
}

/** Returns the effect on the contact if its soft failures are beyond their limit. */
function softLimitEffect(
  { contact }: CodeMeaning,
  failedAt: readonly Date[],
): ContactEffect | null {
  const soft = contact.find((effect) => effect.kind === "softFailure");
  return soft !== undefined && isBeyondLimit(soft.limit, failedAt)
    ? { kind: soft.limit.makes }
    : null;
}

function detailsOf({ row }: Placed, meaning: CodeMeaning, next: NextTry): StatusDetails | null {
  if (meaning.retry.kind === "judge" && next.kind === "none") return meaning.retry.expired;
  return meaning.statusDetails ?? row.progress?.statusDetails ?? null;
}

function alertsOf({ deciding, fitting }: Fit): ReceiptAlert[] {
  const others = new Set(fitting.map(({ row }) => row.progress?.status));
  const status = deciding?.row.progress?.status;
  if (status === "failed" && others.has("succeeded")) return ["lateBounce"];
  if (status === "succeeded" && others.has("failed")) return ["deliveredAfterFailure"];
  return [];
}

function countsAsCall(row: StatusRow | undefined, fitting: readonly Placed[]): boolean | null {
  if (row?.countsAsCall !== "afterRinging") return row?.countsAsCall ?? null;
  return fitting.some((one) => one.row.countsAsCall === true);
}

const missingFrom = <Item>(items: readonly Item[], others: readonly Item[]): Item[] =>
  items.filter((item) => !others.some((other) => isDeepStrictEqual(other, item)));
