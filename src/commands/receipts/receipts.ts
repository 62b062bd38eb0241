import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { RECEIPT_TABLES } from "../../decide/receipts/tables/by-channel.ts";
import type { ReceiptTable } from "../../decide/receipts/table.ts";
import { wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { JSON_OPTION, printResult } from "../cli/json.ts";
import { counted, page } from "../cli/layout.ts";
import { checkOrder, readEnd, readStart } from "../cli/period.ts";
import { replay, type Replayed } from "./replay.ts";

/**
 * Reads stored receipts once more, by the present tables or by a changed one, and prints the difference. It changes nothing. The
 * exit code is `checkFailed` if there is a difference.
 */
export const receipts = command({
  name: "receipts",
  summary: "read stored receipts once more and show what would be different",
  takes: "replay --from TIME --to TIME [--table FILE] [--json]",
  details: `Without --table the record is compared with what the present tables say. With --table it is
what the present table says against the table of the file: a module with an export
\`table\`, in the form of src/decide/receipts/tables. Nothing is changed.`,
  operands: ["replay"],
  options: {
    from: { type: "string", value: "TIME", message: "receipts that arrived from then on" },
    to: { type: "string", value: "TIME", message: "receipts that arrived before then" },
    table: { type: "string", value: "FILE", message: "a changed table" },
    ...JSON_OPTION,
  },
  async run({ operands: [verb], options, print }) {
    if (verb !== "replay") throw wrongArguments("give replay");
    const changed = options.table === undefined ? undefined : await loadTable(options.table);
    return await withDatabase("receipts", async (db, { lender }) => {
      const terms = { db, zone: lender.timeZone, now: new Date() };
      const from = await readStart(terms, "--from", options.from);
      const to = await readEnd(terms, "--to", options.to);
      if (from === undefined || to === undefined) throw wrongArguments("give --from and --to");
      checkOrder(["--from", "--to"], from, to);
      const replayed = await replay(db, { from, to, changed });
      printResult({ print, json: options.json === true }, replayed, [page(linesOf(replayed))]);
      return replayed.differences.length === 0 ? EXIT.done : EXIT.checkFailed;
    });
  },
});

async function loadTable(file: string): Promise<ReceiptTable> {
  const module = (await import(pathToFileURL(resolve(file)).href).catch(() => {
    throw wrongArguments(`--table: ${file} cannot be loaded as a module`);
  })) as { readonly table?: ReceiptTable };
  const { table } = module;
  if (table === undefined || RECEIPT_TABLES[table.channel] === undefined)
    throw wrongArguments(`--table: ${file} must export a \`table\` of a channel that has one`);
  return table;
}

function linesOf({ messages, receipts: count, differences }: Replayed): string[] {
  const read = `Read ${counted(count, "receipt")} of ${counted(messages, "message")}.`;
  if (differences.length === 0) return [read, "No difference."];
  return [
    read,
    `${counted(differences.length, "difference")}:`,
    ...differences.map(
      ({ interactionId, before, after }) => `  interaction ${interactionId}: ${before} -> ${after}`,
    ),
  ];
}
