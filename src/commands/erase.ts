import { NO_INTERACTION, parseBorrowerId, type BorrowerId } from "../domain/ids.ts";
import { type ErasedBatch, eraseOfBorrower } from "../store/operate/retention.ts";
import type { Db } from "../store/postgres/db.ts";
import { notFound, wrongArguments } from "./cli/arguments.ts";
import { YES_OPTION } from "./cli/bulk.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { EXIT } from "./cli/exit-codes.ts";
import { counted, page, wrapped } from "./cli/layout.ts";
import { BY_OPTION, readOperator, readReason, REASON_OPTION } from "./cli/operator.ts";

const BATCH = 100;

/** Erases the content of all interactions of a borrower. The exit code is `refused` if something is kept, or --yes is missing. */
export const erase = command({
  name: "erase",
  summary: "erase the content of a borrower's interactions, on record; it cannot be undone",
  takes: `--borrower ID --reason "…" --yes [--by NAME]`,
  details: `Erases the words that were sent or logged, the addresses and the lender's notes. Recipient, time, reason and
outcome stay. The command keeps the content of open notices, content under a legal hold, and inbound messages that the guard
reads: run it again later. It needs the daemon's role. It does not change the core system's own tables.`,
  options: {
    borrower: { type: "string", value: "ID", message: "the borrower" },
    ...REASON_OPTION,
    ...BY_OPTION,
    ...YES_OPTION,
  },
  async run({ options, print }) {
    if (options.borrower === undefined) throw wrongArguments("--borrower is missing");
    const borrowerId = parseBorrowerId(options.borrower);
    const reason = readReason(options.reason);
    const operator = readOperator(options.by ?? process.env["USER"]);
    if (options.yes !== true) {
      print("Nothing was erased. Erasing cannot be undone: repeat the command with --yes.");
      return EXIT.refused;
    }
    return await withDatabase(`operator:${operator}`, async (db) => {
      const { lookedAt, erased, kept } = await eraseAll(db, borrowerId, reason);
      if (lookedAt === 0)
        throw notFound(
          `there is no interaction of borrower ${borrowerId} whose content is not erased`,
        );
      print(
        page([
          `Erased the content of ${counted(erased, "interaction")}.`,
          ...(kept === 0
            ? []
            : wrapped(
                `${counted(kept, "interaction")} kept: the notice is open, a legal hold is on it, or the guard reads what the borrower said in it. Run the command again later.`,
              )),
        ]),
      );
      return kept === 0 ? EXIT.done : EXIT.refused;
    });
  },
});

async function eraseAll(
  db: Db,
  borrowerId: BorrowerId,
  reason: string,
): Promise<Omit<ErasedBatch, "lastId" | "keptId">> {
  let total = { lookedAt: 0, erased: 0, kept: 0 };
  let afterId = NO_INTERACTION;
  for (;;) {
    const batch = await eraseOfBorrower(db, borrowerId, reason, { afterId, limit: BATCH });
    total = {
      lookedAt: total.lookedAt + batch.lookedAt,
      erased: total.erased + batch.erased,
      kept: total.kept + batch.kept,
    };
    if (batch.lastId === null) return total;
    afterId = batch.lastId;
  }
}
