import { expect, test } from "vitest";
import { effectOf } from "../../../src/decide/deliver/guard-effect.ts";
import { judgeFacts } from "../../../src/decide/guard/judge.ts";
import { builtInPolicy } from "../../../src/decide/guard/policy/policy.ts";
import { readFacts } from "../../../src/domain/guard/facts.ts";
import { interaction } from "../../ids.ts";

const NOON = Date.parse("2031-03-03T17:00:00Z");

test("a notice that belongs to the attorney is redirected", () => {
  const read = readFacts({
    message: { channel: "email", theme: "opsCollDebt", contactId: "CT-1", loanIds: [] },
    borrower: { attorney: { contactId: "CT-9", knownSince: "2031-01-01T00:00:00Z" } },
    contacts: {
      "CT-1": { contactType: "email", value: "pat@example.com" },
      "CT-9": { contactType: "email", value: "law@example.com", affiliation: "attorney" },
    },
    loans: {},
  });
  if (read.kind !== "facts") throw new Error("the sheet does not fit");
  const { facts } = read;
  const judgement = judgeFacts(facts, builtInPolicy(), NOON);
  const interactionId = interaction("7");
  expect(effectOf({ interactionId, kind: "judged", facts, judgement })).toMatchObject({
    kind: "elsewhere",
    elsewhere: {
      rules: expect.arrayContaining(["party.attorney"]),
      to: { party: "attorney", channel: "email", contactId: "CT-9" },
    },
  });
});

test("a notice whose facts do not fit is held with the names of the fields, and no value", () => {
  const errors = [{ field: "facts.contacts.CT-1.value", message: "must be an email address" }];
  expect(effectOf({ interactionId: interaction("7"), kind: "invalid", errors })).toMatchObject({
    withheld: {
      ruleId: "facts.invalid",
      long: "Correct the facts, then release the notice: facts.contacts.CT-1.value must be an email address.",
    },
  });
});
