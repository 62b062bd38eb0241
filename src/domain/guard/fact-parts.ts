import type { z } from "zod";
import {
  type Facts,
  type FactsInput,
  factSheet,
  type GuardContact,
  type GuardLoan,
  type HistoryItem,
  type ReadFacts,
  sheetErrors,
} from "./facts.ts";
import { namedErrors } from "./fields.ts";
import { historyItem } from "./interaction-facts.ts";
import { contact } from "./person-facts.ts";
import { loan } from "./loan-facts.ts";

/** A part of a fact sheet, read once for all messages to which it belongs; null if it has errors. */
export interface Part<Value> {
  readonly value: Value | null;
  readonly issues: readonly z.core.$ZodIssue[];
}

const borrowerPart = factSheet.omit({ message: true, loans: true, history: true, rendered: true });
const messagePart = factSheet.pick({ message: true, rendered: true });

/** The part that is the same for all messages to a borrower. */
export type BorrowerPart = Omit<Facts, "message" | "loans" | "history" | "rendered">;

/** Reads one member of what is the same for all messages to a borrower; undefined if it has errors. */
export function readMember<Name extends keyof BorrowerPart>(
  name: Name,
  input: unknown,
): BorrowerPart[Name] | undefined {
  const schema: z.ZodType = borrowerPart.shape[name];
  const { success, data } = schema.safeParse(input);
  return success ? (data as BorrowerPart[Name]) : undefined;
}

/** Reads what is the same for all messages to a borrower. */
export const readBorrowerPart = (input: unknown): Part<BorrowerPart> => read(borrowerPart, input);

/** Reads one contact. */
export const readContactPart = (input: unknown): Part<GuardContact> => read(contact, input);

/** A part that needs no reading. */
export const partOf = <Value>(value: Value): Part<Value> => ({ value, issues: [] });

/** Reads one loan. */
export const readLoanPart = (input: unknown): Part<GuardLoan> => read(loan, input);

/** Reads one other interaction of the borrower. */
export const readHistoryPart = (input: unknown): Part<HistoryItem> => read(historyItem, input);

function read<Schema extends z.ZodType>(schema: Schema, input: unknown): Part<z.output<Schema>> {
  const { success, data, error } = schema.safeParse(input);
  return success ? { value: data, issues: [] } : { value: null, issues: error.issues };
}

/** The parts of the fact sheet of one message. */
export interface Parts {
  readonly message: FactsInput["message"];
  readonly rendered: FactsInput["rendered"];
  readonly borrower: Part<BorrowerPart>;
  readonly loans: ReadonlyMap<string, Part<GuardLoan>>;
  readonly history: readonly Part<HistoryItem>[];
}

/** Puts a fact sheet together. The result is that of `readFacts` for the whole sheet, its errors included. */
export function factsOfParts({ message, rendered, borrower, loans, history }: Parts): ReadFacts {
  const own = read(messagePart, { message, ...(rendered !== undefined && { rendered }) });
  const issues = [
    ...own.issues,
    ...borrower.issues,
    ...[...loans].flatMap(([id, part]) => within(["loans", id], part)),
    ...history.flatMap((part, index) => within(["history", index], part)),
  ];
  if (own.value === null || borrower.value === null || issues.length > 0)
    return { kind: "invalid", errors: namedErrors(issues, ["facts"]) };
  const { borrower: person, contacts, inbound, lender, ...wishes } = borrower.value;
  const facts: Facts = {
    message: own.value.message,
    borrower: person,
    contacts,
    loans: Object.fromEntries(
      [...loans].flatMap(([id, { value }]) => (value === null ? [] : [[id, value]])),
    ),
    ...wishes,
    history: history.flatMap(({ value }) => value ?? []),
    inbound,
    ...(own.value.rendered !== undefined && { rendered: own.value.rendered }),
    lender,
  };
  const errors = sheetErrors(facts);
  return errors.length === 0 ? { kind: "facts", facts } : { kind: "invalid", errors };
}

const within = (path: PropertyKey[], { issues }: Part<unknown>): z.core.$ZodIssue[] =>
  issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
