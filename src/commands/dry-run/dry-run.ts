import { readFile } from "node:fs/promises";
import type { Config } from "../../config.ts";
import { JSON_OPTION } from "../cli/json.ts";
import { onlyOne, readCaseChangeId, unusable, refuseAlone } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { readStart } from "../cli/period.ts";
import { readClock } from "../../store/postgres/database-clock.ts";
import type { Db } from "../../store/postgres/db.ts";
import { withDatabase } from "../cli/database.ts";
import { dryRunJson, dryRunPage } from "./page.ts";
import { runDryRun, type Source } from "./run.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { limitOption } from "../cli/limit.ts";

const LARGEST_LIMIT = 1_000_000;
const LIMIT = limitOption("changes", 1_000, LARGEST_LIMIT);

/** Shows the notices that case changes would cause, and why others would not be sent. Writes nothing. */
export const dryRun = command({
  name: "dry-run",
  summary: "show what case changes would send, to whom, when and why, without writing anything",
  takes: "(--change ID … | --since TIME | --file PATH) [--limit N] [--json]",
  details: `Changes of the table are judged as they arrived, lines of a file as changes that
arrive now, one after the other, on what the database and the lines before them say
of their case. A line is an object with the columns of tidings.case_changes:
  {"case_id": "CS-1", "case_type_id": "bankruptcy", "borrower_id": "BO-1", "status": "initiated"}
Active types, templates, contacts and cases are taken as they stand now. Names and
addresses are not shown, contact ids are.`,
  options: {
    change: {
      type: "string",
      multiple: true,
      value: "ID",
      message: "a change in the table; can be repeated",
    },
    since: {
      type: "string",
      value: "TIME",
      message: "changes that arrived at this time or later: a date, a moment or an age such as 12h",
    },
    file: { type: "string", value: "PATH", message: "changes in a file, one JSON object a line" },
    ...LIMIT.option,
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    const limit = LIMIT.read(options.limit);
    if (options.change !== undefined) refuseAlone(options, ["limit"], "--since or --file");
    const chosen = await readSource(options);
    const result = await withDatabase("dry-run", (db, config) =>
      // One snapshot for all reads; the database refuses any write in this transaction.
      db
        .transaction()
        .setIsolationLevel("repeatable read")
        .setAccessMode("read only")
        .execute(async (view) =>
          runDryRun(view, config, await datedSource(view, config, chosen), {
            limit,
            now: await readClock(view),
          }),
        ),
    );
    print(options.json === true ? dryRunJson(result) : dryRunPage(result));
    return EXIT.done;
  },
});

/** The source as the command line names it. */
type Chosen =
  | Exclude<Source, { kind: "since" }>
  | { readonly kind: "since"; readonly text: string };

async function readSource(options: {
  readonly change?: readonly string[];
  readonly since?: string;
  readonly file?: string;
}): Promise<Chosen> {
  const [name] = onlyOne<"change" | "since" | "file", unknown>(options, [
    "change",
    "since",
    "file",
  ]);
  const { change = [], since = "", file = "" } = options;
  if (name === "file") return { kind: "file", path: file, text: await readText(file) };
  if (name === "change")
    return { kind: "ids", ids: change.map((id) => readCaseChangeId("--change", id)) };
  return { kind: "since", text: since };
}

/** The source with the moment that a date or an age means by the clock of the database. */
async function datedSource(db: Db, { lender }: Config, chosen: Chosen): Promise<Source> {
  if (chosen.kind !== "since") return chosen;
  const terms = { db, zone: lender.timeZone, now: await readClock(db) };
  return { kind: "since", since: await readStart(terms, "--since", chosen.text) };
}

async function readText(path: string): Promise<string> {
  return await readFile(path, "utf8").catch(unusable(`--file ${path} cannot be read`));
}
