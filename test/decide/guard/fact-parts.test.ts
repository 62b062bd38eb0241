import { expect, test } from "vitest";
import {
  factsOfParts,
  readBorrowerPart,
  readHistoryPart,
  readLoanPart,
} from "../../../src/domain/guard/fact-parts.ts";
import { rendered as readRendered } from "../../../src/domain/guard/content-facts.ts";
import { readFacts, type FactsInput, type ReadFacts } from "../../../src/domain/guard/facts.ts";
import { type Json, mergePatch, TABLE } from "./question.ts";

const sheetOf = (patch: Json): FactsInput =>
  (mergePatch(TABLE.baseline, patch) as unknown as { facts: FactsInput }).facts;

function readInParts({ message, rendered, loans, history, ...shared }: FactsInput): ReadFacts {
  return factsOfParts({
    message,
    rendered: rendered && readRendered.parse(rendered),
    borrower: readBorrowerPart(shared),
    loans: new Map(Object.entries(loans).map(([id, loan]) => [id, readLoanPart(loan)])),
    history: (history ?? []).map(readHistoryPart),
  });
}

test.each(TABLE.rows.map(({ id, given }) => [id, given] as const))(
  "row %s has the same facts, read whole and in parts",
  (_, given) => {
    const sheet = sheetOf(given);
    const whole = readFacts(sheet);
    expect(whole.kind).toBe("facts");
    // the hash of the facts depends on the order of the members too
    expect(JSON.stringify(readInParts(sheet))).toBe(JSON.stringify(whole));
  },
);

test.each<[string, Json]>([
  ["a message", { message: { channel: "pigeon" } }],
  ["a message to nobody", { message: { contactId: "" } }],
  ["a message of no programme", { message: { programme: "" } }],
  ["a message about a loan twice", { message: { loanIds: ["LN-1", "LN-1"] } }],
  ["a message with no such latest time", { message: { scheduledAtTo: "2026-02-30T10:00:00Z" } }],
  ["a contact", { contacts: { "CT-9": { contactType: "pigeon" } } }],
  ["a loan", { loans: { "LN-9": { daysPastDue: "many" } } }],
  ["an interaction", { history: [{ channel: "email", at: "never", status: "failed" }] }],
  ["a loan that is not known", { message: { loanIds: ["LN-10"] } }],
  ["a contact that is not known", { message: { contactId: "CT-10" } }],
])("%s with an error has the same errors, read whole and in parts", (_, facts) => {
  const sheet = sheetOf({ facts });
  const whole = readFacts(sheet);
  expect(whole.kind).toBe("invalid");
  expect(readInParts(sheet)).toEqual(whole);
});
