import type { InteractionId } from "../domain/ids.ts";
import { cancelScheduled } from "../store/operate/cancellation.ts";
import { releaseHeld } from "../store/operate/holds.ts";
import type { Db } from "../store/postgres/db.ts";
import { actOn, exitCodeOf, readTarget, type Target, YES_OPTION } from "./cli/bulk.ts";
import { command, type Command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { EXIT } from "./cli/exit-codes.ts";
import { FILTER_HELP, FILTER_OPTIONS } from "./cli/filters.ts";
import { counted } from "./cli/layout.ts";
import { BY_OPTION, readOperator, readReason, REASON_OPTION } from "./cli/operator.ts";

/** What a decision does, and its words. */
interface Decision {
  readonly name: string;
  readonly summary: string;
  readonly details: string;
  readonly unconfirmed: string;
  readonly done: string;
  readonly work: (
    db: Db,
    ids: readonly InteractionId[],
    by: { readonly operator: string; readonly reason: string },
  ) => Promise<readonly InteractionId[]>;
}

/**
 * Creates a command that decides about held notices. The exit code is `refused` if the one interaction is not held or --yes is
 * missing, and `notFound` if no held notice matches the filter.
 */
const decide = ({ name, summary, details, unconfirmed, done, work }: Decision): Command =>
  command({
    name,
    summary,
    takes: '(INTERACTION_ID | FILTERS [--yes]) --reason "…" [--by NAME]',
    details: `${details}\n\`tidings held\` lists the held notices.\n${FILTER_HELP}`,
    operands: ["[INTERACTION_ID]"],
    options: { ...FILTER_OPTIONS, ...REASON_OPTION, ...BY_OPTION, ...YES_OPTION },
    async run({ operands: [operand], options, print }) {
      const target = readTarget(operand, options);
      const reason = readReason(options.reason);
      const operator = readOperator(options.by ?? process.env["USER"]);
      return await withDatabase(`operator:${operator}`, async (db, { lender }) => {
        const decided = await actOn({
          db,
          zone: lender.timeZone,
          target,
          yes: options.yes === true,
          print,
          eligible: "held",
          unconfirmed,
          work: (ids) => work(db, ids, { operator, reason }),
        });
        if (decided === undefined) return EXIT.refused;
        print(
          decided.length === 0 ? nothing(target) : `${done} ${counted(decided.length, "notice")}.`,
        );
        return exitCodeOf(target, decided.length);
      });
    },
  });

const nothing = (target: Target): string =>
  target.kind === "one"
    ? `Interaction ${target.id} is not held; nothing was changed. \`tidings explain ${target.id}\` shows its state.`
    : "No held notice matches; nothing was changed.";

/** Lets held notices be sent. */
export const release = decide({
  name: "release",
  summary: "let notices be sent that the guard holds for a person",
  details: `A released notice is due now. It is judged again, without the rules that held it; every other rule counts
as before, so it may wait or be refused. The decision counts for the later attempts of the notice.`,
  unconfirmed: "Nothing was released. Repeat the command with --yes to release these.",
  done: "Released",
  work: (db, ids, { reason }) => releaseHeld(db, ids, reason),
});

/** Withdraws held notices. */
export const refuse = decide({
  name: "refuse",
  summary: "withdraw notices that the guard holds for a person",
  details: "A refused notice is canceled with the reason; `tidings reinstate` undoes it.",
  unconfirmed: "Nothing was refused. Repeat the command with --yes to withdraw these.",
  done: "Refused",
  work: (db, ids, { operator, reason }) => cancelScheduled(db, ids, { by: { operator }, reason }),
});
