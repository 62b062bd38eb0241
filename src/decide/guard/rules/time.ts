import type { Facts } from "../../../domain/guard/facts.ts";
import { MINUTE_MS } from "../../../domain/values/durations.ts";
import { type Day, type Instant } from "../../../domain/guard/moments.ts";
import { WEEKDAYS } from "../../../domain/vocabulary.ts";
import type { RuleId } from "../../../domain/guard/rule-ids.ts";
import { isGiven } from "../scene/consents.ts";
import { isFirstAnswer } from "../scene/history.ts";
import type { Scene } from "../scene/scene.ts";
import { closingOf, hoursOf, nextOpening, settleIn } from "../scene/windows.ts";
import { nextInstantOf, type ZoneClock } from "../time/zone-clock.ts";
import { type Decision, type Rule, waitUntil } from "./rule.ts";

/** The facts that show where the borrower may be. */
const PLACES = ["borrower.toldTimeZone", "contacts"];

const mayBeUnusual = ({ facts, at }: Scene): boolean =>
  isGiven(facts.consents.contactPersonUnusualTime, at);

const written = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** Returns a wait until the hours of a rule begin wherever the borrower may be; undefined within them, or if the rule has no hours. */
export function waitForHours(scene: Scene, ruleId: RuleId): Decision | undefined {
  const hours = hoursOf(scene, ruleId);
  if (hours === undefined) return undefined;
  return waitUntil(
    nextOpening(scene, hours),
    scene,
    ["message.channel", ...PLACES],
    `It is not between ${written(hours.from)} and ${written(hours.to)} everywhere the borrower may be: it is judged again when it is.`,
  );
}

export const timeWindow: Rule = {
  id: "time.window",
  group: "C",
  short: "Outside the hours for contact",
  statement:
    "Not before 8:00 and not after 21:00 local time at the consumer's location. Where the location is not certain, the time must be right at every location there is evidence for.",
  appliesTo:
    "voice, text, email, fax and chat in connection with collection under Regulation F; voice and text of every other class but security",
  condition:
    "Not inside [08:00, 21:00) in every zone, or within limits.marginMinutes of the end: wait for the next instant inside all of them. Consent to contact at unusual times opens it.",
  citation: "12 CFR 1006.6(b)(1)(i), comments (i)-1, -2; 15 USC 1692c(a)(1)",
  certainty: ["primary", "unverified", "policy"],
  inputs: [
    "message.channel",
    ...PLACES,
    "consents.contactPersonUnusualTime",
    "limits.marginMinutes",
  ],
  decide: (scene) => (mayBeUnusual(scene) ? undefined : waitForHours(scene, "time.window")),
};

type InconvenientTime = Facts["preferences"]["inconvenientTimes"][number];

const DAY_MINUTES = 24 * 60;
/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: Day): (typeof WEEKDAYS)[number] => WEEKDAYS[(day + 4) % 7] ?? "sun";

/** True if a weekly time begins on a local day. */
function beginsOn({ days, untilDate }: InconvenientTime, day: Day): boolean {
  return days.includes(weekdayOf(day)) && (untilDate === undefined || day <= untilDate);
}

/** A time that ends before it begins continues into the next day. */
function lengthOf({ from = 0, to = DAY_MINUTES }: InconvenientTime): number {
  return to > from ? to - from : to - from + DAY_MINUTES;
}

/** The end of a weekly time that began on a local day, if an instant is in it. */
function endOf(
  time: InconvenientTime,
  day: Day,
  clock: ZoneClock,
  at: Instant,
): Instant | undefined {
  const { from = 0 } = time;
  const since = (clock.dayAt(at) - day) * DAY_MINUTES + clock.timeAt(at) / MINUTE_MS - from;
  if (since < 0 || since >= lengthOf(time) || !beginsOn(time, day)) return undefined;
  return nextInstantOf(clock, at, day, from + lengthOf(time));
}

/** The end of the inconvenient time that contains an instant, or the instant itself. */
function endOfInconvenient(
  times: readonly InconvenientTime[],
  clock: ZoneClock,
  at: Instant,
): Instant {
  const today = clock.dayAt(at);
  for (const time of times) {
    const end = endOf(time, today, clock, at) ?? endOf(time, today - 1, clock, at);
    if (end !== undefined) return end;
  }
  return at;
}

export const timeConsumer: Rule = {
  id: "time.consumer",
  group: "C",
  short: "Inconvenient time",
  statement:
    "Times the consumer called inconvenient, to us or in the creditor's file, are closed until withdrawn.",
  appliesTo: "the messages that time.window applies to",
  condition:
    "Inside an inconvenient time in any zone: wait to its end. Consent to contact at unusual times opens it.",
  citation: "12 CFR 1006.6(b)(1)(i), comments 6(b)(1)-1.i, -1.ii",
  certainty: ["primary"],
  inputs: ["preferences.inconvenientTimes", ...PLACES, "consents.contactPersonUnusualTime"],
  decide(scene) {
    const { inconvenientTimes: times } = scene.facts.preferences;
    if (times.length === 0 || mayBeUnusual(scene)) return undefined;
    if (hoursOf(scene, "time.window") === undefined) return undefined;
    return waitUntil(
      settleIn(scene, (clock, at) => endOfInconvenient(times, clock, at)),
      scene,
      ["preferences.inconvenientTimes", ...PLACES],
      "The borrower called this time inconvenient: it is judged again when the time is over.",
    );
  },
};

export const timeRespondonce: Rule = {
  id: "time.respondonce",
  group: "C",
  short: "Answer to the borrower",
  statement:
    "A consumer who writes or calls at an inconvenient time or place gets one answer through the same medium. An automated reply counts; each new inbound message allows one more.",
  appliesTo: "the first answer to an inbound message",
  condition:
    "The message answers an inbound message of the same channel, and nothing has answered it yet: time.window, time.consumer, place.inconvenient and time.state do not close.",
  citation: "12 CFR 1006.6(b)(1), comments 6(b)(1)-2.i to -2.iv; CFPB FAQ 6 (2022)",
  certainty: ["primary", "secondary"],
  inputs: ["message.replyToInboundId", "inbound.channel", "history.replyToInboundId"],
  lifts: ["place.inconvenient", "time.window", "time.consumer", "time.state"],
  holds: ({ facts }) => isFirstAnswer(facts),
};

export const timeState: Rule = {
  id: "time.state",
  group: "C",
  short: "Outside the hours of the state",
  statement:
    "The hours of a state, for collection or for telemarketing, close where they are narrower.",
  appliesTo: "as the entries of the policy say",
  condition:
    "Not inside the hours of an entry in force, in every zone, or within limits.marginMinutes of their end: wait for the next instant inside them.",
  citation: "the entries of the policy",
  certainty: ["primary", "secondary", "unverified"],
  inputs: ["contacts.address.state", "contact.value", "message.channel", ...PLACES],
  decide: (scene) => waitForHours(scene, "time.state"),
};

/**
 * The instant at which a permission given at `at` ends: the end of the hours, the start of an inconvenient time, the
 * end of a consent that made an exception, or the latest time of the message. Undefined if nothing ends it. A rule that
 * an exception lifts or that is off (`isSilent`) ends nothing.
 */
export function permissionLapses(
  scene: Scene,
  isSilent: (ruleId: RuleId) => boolean,
): Instant | undefined {
  const { facts, message } = scene;
  const unusual = mayBeUnusual(scene);
  const closings = (["time.window", "time.state", "mkt.phone"] as const).flatMap((ruleId) => {
    const hours = hoursOf(scene, ruleId);
    const isOpen = hours === undefined || isSilent(ruleId) || (unusual && ruleId === "time.window");
    return isOpen ? [] : [closingOf(scene, hours)];
  });
  const consentEnds = unusual ? facts.consents.contactPersonUnusualTime?.until : undefined;
  const inconvenientFrom =
    unusual || isSilent("time.consumer") ? undefined : nextInconvenient(scene);
  const ends = [...closings, consentEnds, inconvenientFrom, message.scheduledAtTo].filter(
    (end) => end !== undefined,
  );
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** The start of the next inconvenient time of today or tomorrow. */
function nextInconvenient(scene: Scene): Instant | undefined {
  const { clocks, days, at, facts } = scene;
  if (hoursOf(scene, "time.window") === undefined) return undefined;
  const starts = facts.preferences.inconvenientTimes.flatMap((time) =>
    clocks.flatMap((clock, index) => {
      const today = days[index] ?? 0;
      return [today, today + 1]
        .filter((day) => beginsOn(time, day))
        .map((day) => clock.instantOf(day, time.from ?? 0));
    }),
  );
  const ahead = starts.filter((start) => start > at);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}
