import { readFile } from "node:fs/promises";
import { instant } from "../../domain/dry-run/case-change-line.ts";
import { onlyOne, readId, unusable, wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { dryRunJson, dryRunPage } from "./page.ts";
import { runDryRun, type Source } from "./run.ts";

const DEFAULT_LIMIT = "1000";
const LARGEST_LIMIT = 1_000_000n;

/** Says what case changes would set in motion, to whom and when, and what not and why not. Writes nothing. */
export const dryRun = command({
  name: "dry-run",
  summary: "say what case changes would send, to whom, when and why, and write nothing",
  takes: "(--change ID … | --since TIME | --file PATH) [--limit N] [--json]",
  details: `Changes of the table are judged as they arrived, lines of a file as changes that
arrive now, one after the other, on what the database and the lines before them say
of their case. A line is an object with the columns of tidings.case_changes:
  {"case_id": "CS-1", "case_type_id": "bankruptcy", "borrower_id": "BO-1", "status": "initiated"}
Active types, templates, contacts and cases are taken as they stand now. Names and
addresses are not shown, contact ids are.`,
  options: {
    change: { type: "string", multiple: true, value: "ID", message: "this change of the table" },
    since: {
      type: "string",
      value: "TIME",
      message: "those that arrived then or later, such as 2031-03-03T10:00:00-05:00",
    },
    file: { type: "string", value: "PATH", message: "the changes of a JSON-lines file" },
    limit: {
      type: "string",
      value: "N",
      message: `the first so many, ${DEFAULT_LIMIT} unless given`,
    },
    json: { type: "boolean", message: "as one JSON document" },
  },
  async run({ options, print }) {
    const limit = Number(readId("--limit", options.limit ?? DEFAULT_LIMIT, LARGEST_LIMIT));
    const source = await readSource(options);
    const now = new Date();
    const result = await withDatabase("dry-run", (db, config) =>
      // one view of everything, and the database itself sees to it that nothing is written
      db
        .transaction()
        .setIsolationLevel("repeatable read")
        .setAccessMode("read only")
        .execute((view) => runDryRun(view, config, source, { limit, now })),
    );
    print(options.json === true ? dryRunJson(result) : dryRunPage(result));
    return 0;
  },
});

async function readSource(options: {
  readonly change?: readonly string[];
  readonly since?: string;
  readonly file?: string;
}): Promise<Source> {
  const [name] = onlyOne<"change" | "since" | "file", unknown>(options, [
    "change",
    "since",
    "file",
  ]);
  const { change = [], since = "", file = "" } = options;
  if (name === "file") return { kind: "file", path: file, text: await readText(file) };
  if (name === "change") return { kind: "ids", ids: change.map((id) => readId("--change", id)) };
  const { data, error } = instant.safeParse(since);
  if (data === undefined) throw wrongArguments(`--since ${error.issues[0]?.message}`);
  return { kind: "since", since: data };
}

async function readText(path: string): Promise<string> {
  return await readFile(path, "utf8").catch(unusable(`--file ${path} cannot be read`));
}
