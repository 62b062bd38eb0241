import type { z } from "zod";
import {
  type Facts,
  type FactsInput,
  factSheet,
  type GuardContact,
  type GuardLoan,
  type HistoryItem,
  type Message,
  type ReadFacts,
  type Rendered,
  sheetErrors,
} from "./facts.ts";
import { CHANNELS } from "../vocabulary.ts";
import { namedErrors } from "./fields.ts";
import { readInstant } from "./moments.ts";
import { historyItem } from "./interaction-facts.ts";
import { contact } from "./person-facts.ts";
import { loan } from "./loan-facts.ts";

/** A part of a fact sheet, read once for all messages to which it belongs; null if it has errors. */
export interface Part<Value> {
  readonly value: Value | null;
  readonly issues: readonly z.core.$ZodIssue[];
}

const borrowerPart = factSheet.omit({ message: true, loans: true, history: true, rendered: true });
const messagePart = factSheet.pick({ message: true });

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

/** Makes a part of a value that needs no check. */
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
  /** Absent while nothing is rendered. Our own code found it, so it is not read again. */
  readonly rendered: Rendered | undefined;
  readonly borrower: Part<BorrowerPart>;
  readonly loans: ReadonlyMap<string, Part<GuardLoan>>;
  readonly history: readonly Part<HistoryItem>[];
}

/** Puts a fact sheet together. The result is that of `readFacts` for the whole sheet, its errors included. */
export function factsOfParts({ message, rendered, borrower, loans, history }: Parts): ReadFacts {
  const own = messagePartOf(message);
  const issues = [
    ...own.issues,
    ...borrower.issues,
    ...[...loans].flatMap(([id, part]) => within(["loans", id], part)),
    ...issuesOf(history),
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
    ...(rendered !== undefined && { rendered }),
    lender,
  };
  const errors = sheetErrors(facts);
  return errors.length === 0 ? { kind: "facts", facts } : { kind: "invalid", errors };
}

function messagePartOf(message: FactsInput["message"]): Part<Pick<Facts, "message">> {
  const plain = plainMessage(message);
  return plain === undefined ? read(messagePart, { message }) : partOf({ message: plain });
}

const KNOWN_CHANNELS: ReadonlySet<string> = new Set(CHANNELS);

/** Reads a message whose texts need no check. Its other members have types that our own code keeps. Undefined for any other. */
function plainMessage(message: FactsInput["message"]): Message | undefined {
  const { channel, contactId, loanIds, programme, replyToInboundId, scheduledAtTo } = message;
  const latest = scheduledAtTo === undefined ? undefined : readInstant(scheduledAtTo);
  if (latest === undefined && scheduledAtTo !== undefined) return undefined;
  if ([contactId, programme, replyToInboundId, ...loanIds].includes("")) return undefined;
  if (new Set(loanIds).size < loanIds.length || !KNOWN_CHANNELS.has(channel)) return undefined;
  return {
    channel,
    theme: message.theme ?? null,
    kind: message.kind ?? "ordinary",
    contactId,
    loanIds,
    isTransactional: message.isTransactional ?? true,
    asksForMoney: message.asksForMoney ?? false,
    requiredByLaw: message.requiredByLaw ?? false,
    ...(message.requiredMedium !== undefined && { requiredMedium: message.requiredMedium }),
    programme: programme ?? "default",
    ...(replyToInboundId !== undefined && { replyToInboundId }),
    isAutodialed: message.isAutodialed ?? false,
    isPrerecorded: message.isPrerecorded ?? false,
    isRinglessVoicemail: message.isRinglessVoicemail ?? false,
    ...(message.answeredBy !== undefined && { answeredBy: message.answeredBy }),
    caseStillMatches: message.caseStillMatches ?? true,
    ...(latest !== undefined && { scheduledAtTo: latest }),
  };
}

/** Uses a loop, because a borrower may have thousands of interactions and many notices in a batch. */
function issuesOf(history: readonly Part<HistoryItem>[]): z.core.$ZodIssue[] {
  const issues: z.core.$ZodIssue[] = [];
  for (const [index, part] of history.entries())
    if (part.issues.length > 0) issues.push(...within(["history", index], part));
  return issues;
}

const within = (path: PropertyKey[], { issues }: Part<unknown>): z.core.$ZodIssue[] =>
  issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
