import { systemClock } from "../../clock.ts";
import { clockOf } from "../../decide/guard/time/zone-clock.ts";
import { parseBorrowerId } from "../../domain/ids.ts";
import { CHANNELS, THEMES } from "../../domain/vocabulary.ts";
import { canInteract as ask, type Considered, type Permission } from "../../guard/can-interact.ts";
import { JSON_OPTION } from "../cli/json.ts";
import { notFound, oneOf, wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { momentsIn } from "../cli/moment.ts";
import { readExactMoment } from "../cli/period.ts";

const NOON_MINUTES = 720;

/** Asks the guard whether a borrower may be communicated with. Nothing is sent or written. */
export const canInteract = command({
  name: "can-interact",
  summary: "ask the compliance rules whether a borrower may be communicated with",
  takes:
    "--borrower ID --channel CHANNEL [--contact ID] [--theme THEME | --subject SUBJECT] [--loan ID]… [--at TIME | --company-noon] [--json]",
  details: `The answer is that of a real send: the same facts, the same policy and the same rules. Without
--contact it is about the contact that a notice would be sent to; for other channels than email and text give one.
Without --theme and --subject it is about opsServicing. --subject takes what the published template of
that subject says. Without --loan it is about every loan of the borrower. With a time that has passed it is judged
by what was known then. The exit code is 0 if it is allowed now, and 1 if it must wait, or is redirected, held or
refused.`,
  options: {
    borrower: { type: "string", value: "ID", message: "the borrower" },
    channel: { type: "string", value: "CHANNEL", message: CHANNELS.join(", ") },
    contact: { type: "string", value: "ID", message: "the contact of the borrower" },
    theme: { type: "string", value: "THEME", message: "the purpose, such as opsCollDebt" },
    subject: { type: "string", value: "SUBJECT", message: "the subject of a published template" },
    loan: { type: "string", multiple: true, value: "ID", message: "a loan it is about" },
    marketing: { type: "boolean", message: "the message is advertising" },
    at: { type: "string", value: "TIME", message: "a moment such as 2031-03-03T10:00:00-05:00" },
    "company-noon": { type: "boolean", message: "today at noon in the lender's time zone" },
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    const considered = consideredOf(options);
    if (options.at !== undefined && options["company-noon"] === true)
      throw wrongArguments("give --at or --company-noon, not both");
    return await withDatabase("can-interact", async (db, { lender }) => {
      const now = systemClock();
      const asked = options.at === undefined ? now : readExactMoment("--at", options.at);
      const at = options["company-noon"] === true ? noonOf(now, lender.timeZone) : asked;
      const known = options.at !== undefined && at < now ? "then" : "now";
      const answer = await ask(db, considered, { at, known, country: lender.country });
      if (answer.kind === "unknown") throw refusal(answer.what, considered);
      const { permission } = answer;
      print(options.json === true ? JSON.stringify(permission) : page(permission, lender.timeZone));
      return permission.result === "allow" ? EXIT.done : EXIT.checkFailed;
    });
  },
});

interface Asked {
  readonly borrower?: string;
  readonly channel?: string;
  readonly contact?: string;
  readonly theme?: string;
  readonly subject?: string;
  readonly loan?: readonly string[];
  readonly marketing?: boolean;
}

function consideredOf(asked: Asked): Considered {
  const { borrower, contact, subject, loan, marketing = false } = asked;
  if (borrower === undefined) throw wrongArguments("--borrower is missing");
  if (asked.channel === undefined) throw wrongArguments("--channel is missing");
  if (asked.theme !== undefined && subject !== undefined)
    throw wrongArguments("give --theme or --subject, not both");
  const theme = asked.theme && oneOf("--theme", asked.theme, THEMES);
  return {
    borrowerId: parseBorrowerId(borrower),
    channel: oneOf("--channel", asked.channel, CHANNELS),
    contactId: contact,
    about: theme ? { theme } : subject === undefined ? undefined : { subject },
    loanIds: loan,
    isTransactional: !marketing,
  };
}

/** Today's noon by the lender's clock, which may have passed. */
function noonOf(now: Date, zone: string): Date {
  const clock = clockOf(zone);
  return new Date(clock.instantOf(clock.dayAt(now.getTime()), NOON_MINUTES));
}

function refusal(what: string, { borrowerId, contactId, channel }: Considered): Error {
  if (what === "channel")
    return wrongArguments(`no rule chooses a contact for ${channel}: give --contact`);
  if (what === "borrower") return notFound(`there is no borrower ${borrowerId}`);
  if (what === "contact") return notFound(`borrower ${borrowerId} has no contact ${contactId}`);
  if (what === "subject") return notFound(`no published template for ${channel} has that subject`);
  return notFound("one of the loans is not on record");
}

function page(permission: Permission, zone: string): string {
  const { result, until, ruleId, short, long, contactId, requires, log } = permission;
  const end = until === null ? "" : `, until ${momentsIn(zone)(new Date(until))}`;
  return [
    `${result}${end}${ruleId === null ? "" : `, by ${ruleId}`}`,
    ...(contactId === null ? [] : [`contact ${contactId}`]),
    ...(short === null ? [] : [`${short}. ${long ?? ""}`.trim()]),
    ...(requires.length === 0 ? [] : [`the message must satisfy: ${requires.join(", ")}`]),
    ...log.map(({ ruleId: rule, outcome }) => `  ${rule}: ${outcome}`),
  ].join("\n");
}
