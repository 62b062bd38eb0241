import { expect, test } from "vitest";
import { didYouMean, nearestWord } from "../../../src/domain/values/did-you-mean.ts";
import { CASE_STATUSES, CHANNELS } from "../../../src/domain/vocabulary.ts";

test.each([
  ["statsu", ["start", "status", "show"], "status"],
  ["boroower", ["case", "borrower"], "borrower"],
  ["templateID", ["templateId"], "templateId"],
  ["SMPT_URL", ["SMTP_URL", "HTTP_PORT"], "SMTP_URL"],
  ["tempaltes", ["templates"], "templates"],
  ["sms", CHANNELS, "text"],
  ["SMS", CHANNELS, "text"],
  ["cancelled", CASE_STATUSES, "canceled"],
  ["emial", CHANNELS, "email"],
])("%s among %j means %s", (word, known, meant) => {
  expect(nearestWord(word, known)).toBe(meant);
  expect(didYouMean(word, known)).toBe(` Did you mean ${meant}?`);
});

test.each([
  ["foo", ["status", "find"]],
  ["pigeon", CHANNELS],
  ["x", ["y", "if"]],
  ["sms", ["email", "phone"]],
  ["", ["a"]],
  ["borrower", []],
])("%s among %j means nothing known", (word, known) => {
  expect(didYouMean(word, known)).toBe("");
});
