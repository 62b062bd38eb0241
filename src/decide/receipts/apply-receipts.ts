import { isDeepStrictEqual } from "node:util";
import type { ProviderReceipt } from "../../domain/receipts/provider-receipt.ts";
import { fit, type Fit, type Oddity, type Placed } from "./fit.ts";
import { nextTry, type NextTry } from "./next-try.ts";
import { isBeyondLimit } from "./soft-failures.ts";
import type { CodeMeaning, ContactEffect, Progress, ReceiptTable, StatusRow } from "./table.ts";

/** What is known of a message that was handed to a provider. */
export interface ReceiptState {
  /** The provider's answer when it took the message; null while that is not recorded, and then all receipts wait. */
  readonly acceptedAs: ProviderReceipt | null;
  /** Each receipt once. */
  readonly receipts: readonly ProviderReceipt[];
}

/** What the receipts are read with besides the table. */
export interface ReceiptContext {
  /** The place of the message in its chain, from 1. */
  readonly attempt: number;
  readonly latestAt: Date | null;
  /** Failures of the soft kind of this contact, of other messages, since one last succeeded. */
  readonly softFailures: readonly Date[];
}

/** A surprise that a person should see. The status is right all the same. */
export type ReceiptAlert =
  /** A delivery was reported, and a failure after all. The message counts as not received. */
  | "lateBounce"
  /** A failure was reported, and a delivery after all. What followed the failure is to be withdrawn. */
  | "deliveredAfterFailure";

/** What the receipts of a message come to. */
export interface ReceiptResult {
  /** Null while the acceptance is not recorded. */
  readonly progress: Progress | null;
  /** The receipt that decided. */
  readonly decidedBy: ProviderReceipt | null;
  readonly ruleId: string | null;
  /** A label and a sentence that says what to do; null unless failed. */
  readonly short: string | null;
  readonly long: string | null;
  readonly contact: readonly ContactEffect[];
  readonly next: NextTry;
  readonly alerts: readonly ReceiptAlert[];
  /** For the caps on calls; null where the channel is not voice. */
  readonly countsAsCall: boolean | null;
  /** Receipts that fit nothing yet. They change nothing and are judged again with every receipt that arrives. */
  readonly oddities: readonly Oddity[];
}

/** What receipts changed. */
export interface AppliedReceipts {
  readonly state: ReceiptState;
  readonly before: ReceiptResult;
  readonly after: ReceiptResult;
  /** The new progress, where it is another than before. */
  readonly movedTo: Progress | null;
  readonly alertsRaised: readonly ReceiptAlert[];
  readonly effectsAdded: readonly ContactEffect[];
  /** Written back before, and no longer believed. */
  readonly effectsWithdrawn: readonly ContactEffect[];
}

/**
 * Adds receipts to a message. The result depends on the set of receipts alone: neither their order, nor how they came
 * in groups, nor that some came twice changes it.
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

/** What the receipts of a message come to, by this table. Reads only, so that a changed table can be tried on old receipts. */
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

/** Receipts in one order, each once. Of those that say the same the earliest stands. */
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

const compareText = (one: string, other: string): number =>
  Number(one > other) - Number(one < other);

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
  const worn = wornOut(meaning, [...context.softFailures, receivedAt]);
  const next = worn === null ? nextTry(meaning.retry, { ...context, failedAt: receivedAt }) : NONE;
  return {
    progress: { status: "failed", statusDetails: detailsOf(deciding, meaning, next) },
    ruleId: meaning.ruleId ?? null,
    short: meaning.short,
    long: meaning.long,
    contact: [...meaning.contact, ...(worn === null ? [] : [worn])],
    next,
  };
}

/** What the failures so far make of the contact. */
function wornOut({ contact }: CodeMeaning, failedAt: readonly Date[]): ContactEffect | null {
  const soft = contact.find((effect) => effect.kind === "softFailure");
  return soft !== undefined && isBeyondLimit(soft.limit, failedAt)
    ? { kind: soft.limit.makes }
    : null;
}

function detailsOf({ row }: Placed, meaning: CodeMeaning, next: NextTry): string | null {
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
