import { readFolder, type Reading } from "../../template/folder/read-folder.ts";
import type { Db } from "../../store/postgres/db.ts";
import { storeDraft, type Stored } from "../../store/templates/drafts.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { readOperator } from "../cli/operator.ts";
import { counted, wrapped } from "../cli/layout.ts";
import type { Print } from "../cli/print.ts";
import { type FileDiff, fileDiffs, isPartial, wantsColor } from "./print-diff.ts";
import { findingLines, type FolderOnDisk, readFolders } from "./folders.ts";
import { EXIT } from "../cli/exit-codes.ts";

const SHOWN_LINES = 60;

/** The result of pushing one folder. */
export interface Pushed {
  readonly folder: FolderOnDisk;
  readonly reading: Reading;
  /** Undefined if the folder is not a valid template. */
  readonly stored: Stored | undefined;
  /** The findings that prevent publication, one line each. */
  readonly findings: readonly string[];
}

/** Stores changed template folders as drafts. */
export const templatesPush = command({
  name: "templates push",
  summary: "store changed templates from folders as drafts",
  takes: "[FOLDER …] [--by NAME]",
  details: `A FOLDER is a template, or holds templates; ./templates unless given. Every template is
checked, and what keeps it from being published is listed by file, line and column: the
draft is still stored, unless its parts cannot be assembled.`,
  operands: ["[FOLDER]…"],
  options: {
    by: { type: "string", value: "NAME", message: "the name of the author (default $USER)" },
  },
  async run({ options, operands, print }) {
    const operator = readOperator(options.by);
    const folders = await readFolders(operands.length === 0 ? ["templates"] : operands);
    const pushed = await withDatabase(`operator:${operator}`, (db) => pushFolders(db, folders));
    const said = new Set<string>();
    for (const one of pushed) {
      // a finding in a partial or in the brand file is one of each template that uses it
      report(print, { ...one, findings: one.findings.filter((line) => !said.has(line)) });
      for (const line of one.findings) said.add(line);
    }
    reportPartials(print, pushed);
    sumUp(print, pushed);
    return pushed.some(({ findings }) => findings.length > 0) ? EXIT.checkFailed : EXIT.done;
  },
});

/** Stores each folder's draft, in a separate transaction. */
export async function pushFolders(db: Db, folders: readonly FolderOnDisk[]): Promise<Pushed[]> {
  const pushed: Pushed[] = [];
  for (const folder of folders) {
    const reading = readFolder(folder);
    const stored = reading.kind === "read" ? await storeDraft(db, reading.draft) : undefined;
    const findings = findingLines(folder, reading.findings);
    if (stored?.kind === "refused") findings.push(`${folder.path}: ${stored.why}`);
    pushed.push({ folder, reading, stored, findings });
  }
  return pushed;
}

function report(print: Print, { folder, reading, stored, findings }: Pushed): void {
  if (stored?.kind === "unchanged" && findings.length === 0) return;
  const diffs = diffsOf(reading, stored);
  const partials = diffs.filter(isPartial).map(({ name }) => name);
  const inPartials = partials.length > 0 && partials.length === diffs.length;
  print(`${folder.slug}: ${becameOf(stored)}${inPartials ? `; only ${partials.join(", ")}` : ""}`);
  for (const line of shortened(
    diffs.filter((diff) => !isPartial(diff)),
    folder.slug,
  ))
    print(`  ${line}`);
  for (const line of findings) print(`  ${line}`);
  if (isStored(stored) && findings.length > 0)
    print("  It cannot be published until these findings are corrected.");
}

/** A change of a partial is shown once, with the templates that it changed. */
function reportPartials(print: Print, pushed: readonly Pushed[]): void {
  const changes = pushed.flatMap(({ folder, reading, stored }) =>
    diffsOf(reading, stored)
      .filter(isPartial)
      .map((diff) => ({ diff, slug: folder.slug })),
  );
  const same = Map.groupBy(changes, ({ diff }) => [diff.name, ...diff.lines].join("\n"));
  for (const ones of same.values()) {
    const [first] = ones;
    if (first === undefined) continue;
    const slugs = ones.map(({ slug }) => slug).join(" ");
    for (const line of wrapped(`${first.diff.name} changed in ${slugs}`)) print(line);
    for (const line of first.diff.lines) print(`  ${line}`);
  }
}

const isStored = (stored: Stored | undefined): boolean =>
  stored !== undefined && stored.kind !== "refused";

function becameOf(stored: Stored | undefined): string {
  if (stored === undefined) return "not stored, because it cannot be assembled";
  if (stored.kind === "refused") return "not stored";
  if (stored.kind === "unchanged") return "unchanged";
  const place = `version ${stored.version} of template ${stored.templateId}`;
  if (stored.kind === "new") return `new, draft ${place}`;
  return stored.before.status === "draft"
    ? `changed, draft ${place} is edited`
    : `changed, draft ${place} follows version ${stored.before.version}, which is ${stored.before.status}`;
}

function diffsOf(reading: Reading, stored: Stored | undefined): readonly FileDiff[] {
  if (reading.kind !== "read" || stored?.kind !== "changed") return [];
  const { content, sources } = reading.draft;
  return fileDiffs(stored.before, { ...content, sources }, wantsColor());
}

function shortened(diffs: readonly FileDiff[], slug: string): readonly string[] {
  const lines = diffs.flatMap((diff) => [diff.name, ...diff.lines]);
  if (lines.length <= SHOWN_LINES) return lines;
  const more = counted(lines.length - SHOWN_LINES, "more line");
  return [
    ...lines.slice(0, SHOWN_LINES),
    `… ${more}; against what is active: \`tidings templates diff ${slug}\``,
  ];
}

function sumUp(print: Print, pushed: readonly Pushed[]): void {
  const count = (kind: Stored["kind"] | undefined): number =>
    pushed.filter(({ stored }) => stored?.kind === kind).length;
  const unstored = pushed.filter(({ stored }) => !isStored(stored)).length;
  const parts = [
    `${count("new")} new`,
    `${count("changed")} changed`,
    `${count("unchanged")} unchanged`,
  ];
  if (unstored > 0) parts.push(`${unstored} not stored`);
  print(`${counted(pushed.length, "template")}: ${parts.join(", ")}.`);
  const faulty = pushed.filter(({ findings }) => findings.length > 0).length;
  if (faulty > 0)
    print(
      `${counted(faulty, "template")} cannot be published until the findings above are corrected.`,
    );
  const written = pushed.some(({ stored }) => stored?.kind === "new" || stored?.kind === "changed");
  if (written) print("A draft is not sent. `tidings templates publish` activates it.");
}
