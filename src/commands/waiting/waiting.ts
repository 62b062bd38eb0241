import { parseBorrowerId, parseCaseId } from "../../domain/ids.ts";
import { WAIT_OWNERS, WAIT_REASONS } from "../../domain/vocabulary.ts";
import { countWaiting, listWaiting, type WaitFilter } from "../../store/operate/waiting.ts";
import { JSON_OPTION } from "../cli/json.ts";
import { oneOf } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { checkBorrower, checkCase } from "../cli/require.ts";
import { momentsIn } from "../cli/moment.ts";
import { waitingPage } from "./page.ts";
import { limitOption } from "../cli/limit.ts";

const LIMIT = limitOption("waits", 100);

/** Lists the waits of all that is not final: reason, owner, begin, end of the term, and next step. */
export const waiting = command({
  name: "waiting",
  summary: "list the reason, owner and term of the wait of each open case change and interaction",
  takes: "[--late] [--reason WORD] [--owner WORD] [--case ID] [--borrower ID] [--limit N] [--json]",
  details: `Counts the waits by reason, and lists those that are late or wait for nothing. With --reason, --owner,
--case or --borrower it lists all of these. docs/waiting.md explains the words. Exits with 1 if a wait is late, or has the
reason nothing.`,
  options: {
    late: { type: "boolean", message: "only those that are late or wait for nothing" },
    reason: {
      type: "string",
      multiple: true,
      value: "WORD",
      message: `one of ${WAIT_REASONS.join(", ")}`,
    },
    owner: {
      type: "string",
      multiple: true,
      value: "WORD",
      message: `one of ${WAIT_OWNERS.join(", ")}`,
    },
    case: { type: "string", multiple: true, value: "ID", message: "of this case" },
    borrower: { type: "string", multiple: true, value: "ID", message: "of this borrower" },
    ...LIMIT.option,
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    const filter: WaitFilter = {
      reasons: options.reason?.map((word) => oneOf("--reason", word, WAIT_REASONS)),
      owners: options.owner?.map((word) => oneOf("--owner", word, WAIT_OWNERS)),
      caseIds: options.case?.map(parseCaseId),
      personIds: options.borrower?.map(parseBorrowerId),
      onlyWrong: options.late === true,
    };
    const limit = LIMIT.read(options.limit);
    const isNarrow = [options.reason, options.owner, options.case, options.borrower].some(
      (given) => given !== undefined,
    );
    return await withDatabase("waiting", async (db, { lender }) => {
      for (const id of filter.caseIds ?? []) await checkCase(db, id);
      for (const id of filter.personIds ?? []) await checkBorrower(db, id);
      const counts = await countWaiting(db, filter);
      const listed = await listWaiting(
        db,
        isNarrow || options.json === true ? filter : { ...filter, onlyWrong: true },
        limit,
      );
      print(
        options.json === true
          ? JSON.stringify({ counts, waiting: listed }, null, 2)
          : waitingPage({ counts, listed }, momentsIn(lender.timeZone)),
      );
      const isWrong = counts.some(({ late, reason }) => late > 0 || reason === "nothing");
      return isWrong ? EXIT.checkFailed : EXIT.done;
    });
  },
});
