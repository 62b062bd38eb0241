import { z } from "zod";
import { type FieldError, instant, listOf, namedErrors, objectError, text } from "./fields.ts";
import { rendered } from "./content-facts.ts";
import { historyItem, inboundItem, message } from "./interaction-facts.ts";
import { lender } from "./lender-facts.ts";
import { cases, loan } from "./loan-facts.ts";
import type { Instant } from "./moments.ts";
import { borrower, contact } from "./person-facts.ts";
import { consents, preferences } from "./preference-facts.ts";

/**
 * The fact sheet: everything the rules read for one message to one contact. An absent member has its default. Without a
 * default it means "not known, not so".
 */
export const factSheet = z.strictObject(
  {
    message,
    borrower: borrower.prefault({}),
    contacts: z.record(text, contact, objectError).describe("by contact id"),
    loans: z.record(text, loan, objectError).describe("by loan id"),
    cases: listOf(cases).default([]),
    preferences: preferences.prefault({}),
    consents: consents.prefault({}),
    history: listOf(historyItem)
      .default([])
      .describe("other interactions of the borrower, those scheduled or in progress included"),
    inbound: listOf(inboundItem).default([]).describe("messages and calls of the borrower"),
    rendered: rendered.optional().describe("absent while nothing is rendered"),
    lender: lender.prefault({}),
  },
  objectError,
);

type DeepReadonly<Value> = Value extends object
  ? { readonly [Member in keyof Value]: DeepReadonly<Value[Member]> }
  : Value;

/** A fact sheet as JSON. */
export type FactsInput = z.input<typeof factSheet>;
/** A parsed fact sheet: defaults filled in, instants in ms, dates in days. */
export type Facts = DeepReadonly<z.output<typeof factSheet>>;

export type Message = Facts["message"];
export type GuardContact = Facts["contacts"][string];
export type GuardLoan = Facts["loans"][string];
export type GuardCase = Facts["cases"][number];
export type CaseOf<Type extends GuardCase["caseType"]> = Extract<GuardCase, { caseType: Type }>;
export type HistoryItem = Facts["history"][number];
export type InboundItem = Facts["inbound"][number];
export type Consent = NonNullable<Facts["consents"]["esign"]>;
export type Rendered = NonNullable<Facts["rendered"]>;
export type CollectorRole = GuardLoan["collectorRole"];

/** A validation notice that was sent about a loan and did not come back. */
export interface ValidationNotice {
  readonly loanId: string;
  readonly sentAt: Instant;
}

/** A fact sheet that was read. */
export interface WholeFacts {
  readonly kind: "facts";
  readonly facts: Facts;
  /** The notices from which the validation periods follow that the core system has not stated; absent: none. */
  readonly validationNotices?: readonly ValidationNotice[];
}

/** A fact sheet, or its errors. */
export type ReadFacts =
  | WholeFacts
  | { readonly kind: "invalid"; readonly errors: readonly FieldError[] };

/** Reads a fact sheet. Every error names its field below `facts` and quotes nothing of the input. */
export function readFacts(input: unknown): ReadFacts {
  const { success, data, error } = factSheet.safeParse(input);
  if (!success) return { kind: "invalid", errors: namedErrors(error.issues, ["facts"]) };
  const errors = sheetErrors(data);
  return errors.length === 0 ? { kind: "facts", facts: data } : { kind: "invalid", errors };
}

/** The JSON Schema of a fact sheet (draft 2020-12) as JSON, before it is parsed. */
export const factSheetSchema = (): z.core.JSONSchema.JSONSchema =>
  z.toJSONSchema(factSheet, { io: "input" });

/** A fact sheet with the time of the judgement, or its errors. */
export type ReadQuestion =
  | { readonly kind: "question"; readonly now: Instant; readonly facts: Facts }
  | { readonly kind: "invalid"; readonly errors: readonly FieldError[] };

const question = z.object({ now: instant, facts: factSheet }, objectError);

/** Reads `{"now": ..., "facts": {...}}`. Other members are ignored. */
export function readQuestion(input: unknown): ReadQuestion {
  const { success, data, error } = question.safeParse(input);
  if (!success) return { kind: "invalid", errors: namedErrors(error.issues, []) };
  const errors = sheetErrors(data.facts);
  return errors.length === 0 ? { kind: "question", ...data } : { kind: "invalid", errors };
}

/** Returns the errors of a parsed sheet that concern more than one member. */
export const sheetErrors = (facts: Facts): FieldError[] => [
  ...referenceErrors(facts),
  ...addressErrors(facts),
];

function referenceErrors({ message: judged, contacts, loans }: Facts): FieldError[] {
  const unknownLoans = judged.loanIds.filter((id) => !Object.hasOwn(loans, id));
  return [
    ...(Object.hasOwn(contacts, judged.contactId)
      ? []
      : [{ field: "facts.message.contactId", message: "must be a key of contacts" }]),
    ...unknownLoans.map(() => ({
      field: "facts.message.loanIds",
      message: "must hold keys of loans",
    })),
  ];
}

const E164 = /^\+(?:1[2-9]\d{9}|[2-9]\d{6,14})$/;
const EMAIL = /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/;

/** An invalid number or address would count as missing evidence of the borrower's location. */
function addressErrors({ message: judged, contacts }: Facts): FieldError[] {
  return Object.entries(contacts).flatMap(([id, { contactType, value, status }]) => {
    const isEvidence = contactType === "phone" && status === "primary";
    const matters = id === judged.contactId || isEvidence;
    if (!matters || value === undefined || fits(contactType, value)) return [];
    const wanted = contactType === "phone" ? "an E.164 phone number" : "an email address";
    return [{ field: `facts.contacts.${id}.value`, message: `must be ${wanted}` }];
  });
}

function fits(contactType: GuardContact["contactType"], value: string): boolean {
  if (contactType === "phone") return E164.test(value);
  return contactType === "address" || EMAIL.test(value);
}
