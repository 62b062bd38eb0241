import { expect, test } from "vitest";
import { nextStep, type NextStep } from "../../../src/decide/settle/next-step.ts";
import type {
  Channel,
  InteractionStatus,
  OnUnknown,
  Origin,
} from "../../../src/domain/vocabulary.ts";

const NOW = new Date("2031-03-03T12:00:00Z");
const LATER = new Date("2031-03-03T12:00:01Z");
const EARLIER = new Date("2031-03-03T11:59:59Z");

interface Stand {
  readonly status: InteractionStatus;
  readonly origin?: Origin;
  readonly channel?: Channel;
  readonly statusDetails?: string;
  readonly dueAt?: Date;
  readonly latestAt?: Date;
  readonly onUnknown?: OnUnknown;
  readonly earlier?: string;
}

test.each<[string, Stand, NextStep]>([
  ["what falls due later leaves then", { status: "scheduled", dueAt: LATER }, "due"],
  ["what falls due at this moment is not late", { status: "scheduled", dueAt: NOW }, "due"],
  ["what fell due before should have left", { status: "scheduled", dueAt: EARLIER }, "overdue"],
  ["a claimed interaction is in progress", { status: "inProgress", dueAt: EARLIER }, "inProgress"],
  [
    "an accepted message is with the provider",
    { status: "attempted", statusDetails: "emailSent" },
    "handedOver",
  ],
  [
    "an email with unknown outcome is held if its type has hold",
    { status: "attempted", statusDetails: "emailOutcomeUnknown", onUnknown: "hold" },
    "hold",
  ],
  [
    "and sent again if its type has resend",
    { status: "attempted", statusDetails: "emailOutcomeUnknown", onUnknown: "resend" },
    "resend",
  ],
  [
    "but only once: a second unknown outcome is held",
    {
      status: "attempted",
      statusDetails: "emailOutcomeUnknown",
      onUnknown: "resend",
      earlier: "emailOutcomeUnknown",
    },
    "hold",
  ],
  [
    "an earlier attempt that was refused is no reason to hold it",
    {
      status: "attempted",
      statusDetails: "emailOutcomeUnknown",
      onUnknown: "resend",
      earlier: "emailDeferred",
    },
    "resend",
  ],
  [
    "and not after the latest moment it may leave",
    {
      status: "attempted",
      statusDetails: "emailOutcomeUnknown",
      onUnknown: "resend",
      latestAt: EARLIER,
    },
    "hold",
  ],
  [
    "a text is looked up at the provider, whatever the type says",
    {
      status: "attempted",
      channel: "text",
      statusDetails: "textOutcomeUnknown",
      onUnknown: "hold",
    },
    "lookUp",
  ],
  [
    "nothing follows a delivery",
    { status: "succeeded", statusDetails: "emailDelivered" },
    "delivered",
  ],
  ["what failed last is over", { status: "failed" }, "failed"],
  ["what was canceled is over", { status: "canceled" }, "withdrawn"],
  [
    "a logged interaction is not sent, even when it is scheduled",
    { status: "scheduled", origin: "logged", dueAt: EARLIER },
    "notOurs",
  ],
])("%s", (_title, { onUnknown = "hold", earlier, ...stand }, step) => {
  const last = {
    origin: "tidings",
    channel: "email",
    statusDetails: null,
    dueAt: null,
    latestAt: null,
    ...stand,
  } as const;
  const before = earlier === undefined ? [] : [{ channel: last.channel, statusDetails: earlier }];
  expect(nextStep(last, before, onUnknown, NOW)).toBe(step);
});
