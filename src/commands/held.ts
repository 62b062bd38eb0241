import type { Db } from "../store/postgres/db.ts";
import { readClock } from "../store/postgres/database-clock.ts";
import { type HeldNotice, listHeld, refuseHeld, releaseHeld } from "../store/guard/holds.ts";
import type { InteractionId } from "../domain/ids.ts";
import { actOn, readTarget, type Target, YES_OPTION } from "./cli/bulk.ts";
import { type Command, command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { EXIT } from "./cli/exit-codes.ts";
import { FILTER_HELP, FILTER_OPTIONS, readFilter } from "./cli/filters.ts";
import { JSON_OPTION } from "./cli/json.ts";
import { counted, wrapped } from "./cli/layout.ts";
import { momentsIn, showDuration, type ShowMoment } from "./cli/moment.ts";
import { BY_OPTION, readReason, REASON_OPTION } from "./cli/operator.ts";
import { limitOption } from "./cli/limit.ts";

const LIMIT = limitOption("notices", 100);

const INDENT = "  ";

/** Lists the notices that wait for a person, with the rules, the reasons, the age and the latest time. */
export const held = command({
  name: "held",
  summary: "list the notices that the guard leaves to a person",
  takes: "[FILTERS] [--limit N] [--json]",
  details: `Those with the nearest latest time come first. \`tidings release\` and \`tidings refuse\` decide, \`tidings explain\`
shows the whole judgement.
${FILTER_HELP}`,
  options: {
    ...FILTER_OPTIONS,
    ...LIMIT.option,
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    const limit = LIMIT.read(options.limit);
    return await withDatabase("held", async (db, { lender: { timeZone } }) => {
      const notices = await listHeld(db, await readFilter(db, options, timeZone), limit);
      const now = await readClock(db);
      if (options.json === true) print(JSON.stringify({ held: notices }, null, 2));
      else for (const line of heldLines(notices, { now, show: momentsIn(timeZone) })) print(line);
      return EXIT.done;
    });
  },
});

interface Shown {
  readonly now: Date;
  readonly show: ShowMoment;
}

function heldLines(notices: readonly HeldNotice[], shown: Shown): string[] {
  if (notices.length === 0) return ["No notice is held."];
  return notices.flatMap((one) => [
    `${one.interactionId}  ${one.channel}, ${one.notificationTypeId === null ? "confirmation" : `type ${one.notificationTypeId}`}, borrower ${one.personId}, held for ${showDuration(one.heldForMs)} by ${one.ruleIds.join(", ")}`,
    ...deadlineLines(one, shown),
    ...wrapped(`${one.short}: ${one.long}`, INDENT),
  ]);
}

function deadlineLines({ latestAt }: HeldNotice, { now, show }: Shown): string[] {
  if (latestAt === null) return [];
  const left = latestAt.getTime() - now.getTime();
  return left > 0
    ? [`${INDENT}It must leave by ${show(latestAt)}, in ${showDuration(left)}.`]
    : [`${INDENT}IT HAD TO LEAVE BY ${show(latestAt)}.`];
}

const DECISION_OPTIONS = {
  ...FILTER_OPTIONS,
  ...REASON_OPTION,
  ...BY_OPTION,
  ...YES_OPTION,
  ...JSON_OPTION,
};

/** The name of a decision, and the function that decides a batch. */
interface Decision {
  readonly past: "released" | "refused";
  readonly work: (
    db: Db,
    ids: readonly InteractionId[],
    by: { readonly operator: string; readonly reason: string },
  ) => Promise<InteractionId[]>;
}

/** Creates a command. The exit code is `refused` if the one interaction is not held or --yes is missing, `notFound` if none matches. */
const decision = (
  { past, work }: Decision,
  about: { readonly name: string; readonly summary: string; readonly details: string },
): Command =>
  command({
    ...about,
    takes: '(INTERACTION_ID | FILTERS [--yes]) --reason "…" [--by NAME] [--json]',
    operands: ["[INTERACTION_ID]"],
    options: DECISION_OPTIONS,
    async run({ operands: [operand], options, print }) {
      const target = readTarget(operand, options);
      const reason = readReason(options.reason);
      return await actOn(
        { options, print },
        {
          target,
          eligible: "held",
          unconfirmed: `Nothing was ${past}. Repeat the command with --yes to decide these.`,
          work: (db, ids, operator) => work(db, ids, { operator, reason }),
          report: (decided) => ({ words: [resultOf(target, decided, past)] }),
        },
      );
    },
  });

export const release = decision(
  { past: "released", work: (db, ids, { reason }) => releaseHeld(db, ids, reason) },
  {
    name: "release",
    summary: "let held notices go on; the reason is recorded",
    details: `A released notice is judged again at once. The rules that held it do not hold it or its later attempts again.
They can still refuse it, and every other rule still decides.
${FILTER_HELP}`,
  },
);

export const refuse = decision(
  { past: "refused", work: refuseHeld },
  {
    name: "refuse",
    summary: "do not send held notices; the reason is recorded",
    details: `A refused notice has failed, with the rule that held it. \`tidings retry\` plans another attempt, which is judged again.
${FILTER_HELP}`,
  },
);

function resultOf(target: Target, ids: readonly InteractionId[], past: Decision["past"]): string {
  const done = past === "released" ? "Released" : "Refused";
  if (ids.length > 0) return `${done} ${counted(ids.length, "held notice")}.`;
  return target.kind === "one"
    ? `Interaction ${target.id} is not held; nothing was changed. \`tidings explain ${target.id}\` shows it.`
    : "No held notice matches; nothing was changed.";
}
