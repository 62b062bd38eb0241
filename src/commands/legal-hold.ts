import { parseBorrowerId, parseCaseId } from "../domain/ids.ts";
import {
  addLegalHold,
  endLegalHold,
  type LegalHold,
  listLegalHolds,
} from "../store/operate/retention.ts";
import type { Db } from "../store/postgres/db.ts";
import { JSON_OPTION } from "./cli/json.ts";
import { onlyOne, refuseAlone } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { EXIT } from "./cli/exit-codes.ts";
import { page, wrapped } from "./cli/layout.ts";
import { momentsIn, type ShowMoment } from "./cli/moment.ts";
import { checkBorrower, checkCase } from "./cli/require.ts";
import { BY_OPTION, readOperator, readReason, REASON_OPTION } from "./cli/operator.ts";

/** Puts a legal hold on the record of a borrower or a case, ends one, or lists them. The exit code is `refused` if nothing changed. */
export const legalHold = command({
  name: "legal-hold",
  summary: "put a legal hold on the record of a borrower or a case, end one, or list them",
  takes: `[(--borrower ID | --case ID) [--end] --reason "…" [--by NAME]] [--json]`,
  details: `Tidings erases and deletes nothing under a legal hold, neither by age nor on request. Without a borrower or a case the
command lists the legal holds that have not ended.`,
  options: {
    borrower: { type: "string", value: "ID", message: "everything about a borrower" },
    case: { type: "string", value: "ID", message: "the notices of a case" },
    end: { type: "boolean", message: "end the legal hold" },
    ...REASON_OPTION,
    ...BY_OPTION,
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    if (options.borrower === undefined && options.case === undefined) {
      refuseAlone(options, ["reason", "end", "by"], "--borrower or --case");
      return await withDatabase("legal-hold", async (db, { lender }) => {
        const holds = await listLegalHolds(db);
        const json = options.json === true;
        print(json ? JSON.stringify(holds, null, 2) : holdsPage(holds, momentsIn(lender.timeZone)));
        return EXIT.done;
      });
    }
    const [kind, id] = onlyOne<"borrower" | "case", string>(options, ["borrower", "case"]);
    const hold = {
      borrowerId: kind === "borrower" ? parseBorrowerId(id) : null,
      caseId: kind === "case" ? parseCaseId(id) : null,
      reason: readReason(options.reason),
    };
    const operator = readOperator(options.by);
    return await withDatabase(`operator:${operator}`, async (db) => {
      const isEnd = options.end === true;
      if (!isEnd) await checkSubject(db, hold);
      const isDone = await (isEnd ? endLegalHold(db, hold) : addLegalHold(db, hold));
      const other = isEnd ? "is under no legal hold" : "is under a legal hold already";
      const done = isEnd ? "is no longer under a legal hold" : "is under a legal hold";
      if (options.json === true)
        print(JSON.stringify({ [kind]: id, isHeld: !isEnd, isChanged: isDone }, null, 2));
      else print(`${kind === "case" ? "Case" : "Borrower"} ${id} ${isDone ? done : other}.`);
      return isDone ? EXIT.done : EXIT.refused;
    });
  },
});

/** Throws NOT_FOUND if nothing on record names the borrower or the case. */
async function checkSubject(
  db: Db,
  { borrowerId, caseId }: Pick<LegalHold, "borrowerId" | "caseId">,
): Promise<void> {
  if (borrowerId !== null) await checkBorrower(db, borrowerId);
  if (caseId !== null) await checkCase(db, caseId);
}

const holdsPage = (holds: readonly LegalHold[], show: ShowMoment): string =>
  holds.length === 0
    ? "There is no legal hold."
    : page(
        holds.flatMap(({ borrowerId, caseId, heldAt, heldBy, reason }) =>
          wrapped(
            `${borrowerId === null ? `Case ${caseId}` : `Borrower ${borrowerId}`}: held by ${heldBy} since ${show(heldAt)}. ${reason}`,
          ),
        ),
      );
