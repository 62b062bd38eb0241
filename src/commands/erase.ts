import { parseBorrowerId } from "../domain/ids.ts";
import { ERASED_KINDS, type ErasedKind } from "../domain/vocabulary.ts";
import {
  type ErasedBatch,
  eraseOnRequest,
  foreseeErasure,
  type KeptBecause,
  listUnerased,
} from "../store/operate/erasing.ts";
import { JSON_OPTION } from "./cli/json.ts";
import { notFound, wrongArguments } from "./cli/arguments.ts";
import { YES_OPTION } from "./cli/bulk.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { EXIT } from "./cli/exit-codes.ts";
import { counted, page, wrapped } from "./cli/layout.ts";
import { BY_OPTION, readOperator, readReason, REASON_OPTION } from "./cli/operator.ts";
import { toStderr } from "./cli/print.ts";
import { checkBorrower } from "./cli/require.ts";

/** Small, so that each transaction is short. */
const BATCH = 100;

/** Erases the personal data of a borrower. The exit code is `refused` if something is kept, or --yes is missing. */
export const erase = command({
  name: "erase",
  summary: "erase the personal data of a borrower; the erasure is recorded and cannot be undone",
  takes: `--borrower ID --reason "…" [--yes] [--by NAME] [--json]`,
  details: `Erases the words that were sent or logged, the addresses and the lender's notes; the fields of case
changes; and names, addresses and numbers in the history of the borrower, the contacts and the loans.
Recipient, time, reason and outcome stay. The command keeps what belongs to an open notice or is under a
legal hold, and what the guard reads: run it again later. Without --yes it only counts what it would erase
and keep. It needs the daemon's role. Erase the borrower in the core system's own tables first, because
the record of such a change has the old values.`,
  options: {
    borrower: { type: "string", value: "ID", message: "the borrower" },
    ...REASON_OPTION,
    ...BY_OPTION,
    ...YES_OPTION,
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    if (options.borrower === undefined) throw wrongArguments("--borrower is missing");
    const borrowerId = parseBorrowerId(options.borrower);
    const reason = readReason(options.reason);
    const operator = readOperator(options.by);
    return await withDatabase(`operator:${operator}`, async (db) => {
      const found = await listUnerased(db, borrowerId);
      if (ERASED_KINDS.every((kind) => found[kind].length === 0)) {
        await checkBorrower(db, borrowerId);
        throw notFound(`there is nothing of borrower ${borrowerId} that is not erased`);
      }
      const isConfirmed = options.yes === true;
      const report = await inBatches(found, (kind, ids) =>
        isConfirmed ? eraseOnRequest(db, kind, ids, reason) : foreseeErasure(db, kind, ids),
      );
      if (options.json === true) print(JSON.stringify({ borrowerId, ...report }, null, 2));
      else print(isConfirmed ? erasedPage(report) : unconfirmedPage(report));
      return isConfirmed && kindsKept(report).length === 0 ? EXIT.done : EXIT.refused;
    });
  },
});

type Found = Readonly<Record<ErasedKind, readonly string[]>>;

/** The rows of one kind. */
interface ErasedRows {
  readonly found: number;
  readonly erased: number;
  readonly kept: Readonly<Record<KeptBecause, number>>;
}
type Report = Readonly<Record<ErasedKind, ErasedRows>>;

async function inBatches(
  found: Found,
  handle: (kind: ErasedKind, ids: readonly string[]) => Promise<ErasedBatch>,
): Promise<Report> {
  const showProgress = createProgress(found);
  const batches: ErasedBatch[] = [];
  for (const kind of ERASED_KINDS)
    for (let from = 0; from < found[kind].length; from += BATCH) {
      const ids = found[kind].slice(from, from + BATCH);
      batches.push(await handle(kind, ids));
      showProgress(ids.length);
    }
  return reportOf(found, batches);
}

/** A long run shows its progress on a terminal in steps of this many rows. */
const STEP = 1_000;

function createProgress(found: Found): (done: number) => void {
  const all = ERASED_KINDS.reduce((sum, kind) => sum + found[kind].length, 0);
  let [done, shown] = [0, 0];
  return (more) => {
    done += more;
    if (!process.stderr.isTTY || done - shown < STEP) return;
    shown = done;
    toStderr(`${counted(done, "row")} of ${all.toLocaleString("en-US")}`);
  };
}

function reportOf(found: Found, batches: readonly ErasedBatch[]): Report {
  const rowsOf = (kind: ErasedKind): ErasedRows => {
    const own = batches.filter((batch) => batch.kind === kind);
    const sum = (why: KeptBecause): number =>
      own.reduce((total, { kept }) => total + (kept[why] ?? 0), 0);
    return {
      found: found[kind].length,
      erased: own.reduce((total, { erased }) => total + erased, 0),
      kept: { open: sum("open"), held: sum("held"), words: sum("words"), fields: sum("fields") },
    };
  };
  return {
    interactions: rowsOf("interactions"),
    caseChanges: rowsOf("caseChanges"),
    recordChanges: rowsOf("recordChanges"),
  };
}

const keptOf = ({ kept }: ErasedRows): number => kept.open + kept.held + kept.words + kept.fields;

const kindsKept = (report: Report): ErasedKind[] =>
  ERASED_KINDS.filter((kind) => keptOf(report[kind]) > 0);

/** The words for the erased data, and for the row that has it. */
const PARTS: Readonly<Record<ErasedKind, readonly [data: string, row: string]>> = {
  interactions: ["the content", "interaction"],
  caseChanges: ["the fields", "case change"],
  recordChanges: ["the personal data", "recorded change"],
};

function erasedPage(report: Report): string {
  const lines = ERASED_KINDS.filter((kind) => report[kind].found > 0).map(
    (kind) => `Erased ${PARTS[kind][0]} of ${counted(report[kind].erased, PARTS[kind][1])}.`,
  );
  const kept = keptLines(report, "kept");
  return page([...lines, ...kept, ...(kept.length === 0 ? [] : ["Run the command again later."])]);
}

const keptLines = (report: Report, verb: string): string[] =>
  kindsKept(report).flatMap((kind) => wrapped(keptInWords(kind, report[kind], verb)));

function keptInWords(kind: ErasedKind, rows: ErasedRows, verb: string): string {
  const { open, held, words, fields } = rows.kept;
  const reasons = [
    [open, "of an open notice"],
    [held, "under a legal hold"],
    [words + fields, "that the guard reads"],
  ] as const;
  const named = reasons.filter(([count]) => count > 0).map(([count, why]) => `${count} ${why}`);
  return `${counted(keptOf(rows), PARTS[kind][1])} ${verb}: ${named.join(", ")}.`;
}

const unconfirmedPage = (report: Report): string =>
  page([
    ...ERASED_KINDS.filter((kind) => report[kind].found > 0).map(
      (kind) =>
        `To be erased: ${PARTS[kind][0]} of ${counted(report[kind].found - keptOf(report[kind]), PARTS[kind][1])}.`,
    ),
    ...keptLines(report, "to be kept"),
    "Nothing was erased. Erasing cannot be undone: repeat the command with --yes.",
  ]);
