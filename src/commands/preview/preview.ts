import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { readConfig } from "../../config.ts";
import { render } from "../../template/render/render.ts";
import { FORMS } from "../../template/language/parts.ts";
import { explainUcs2, segmentsOf } from "../../template/language/segments.ts";
import type { Rendered } from "../../domain/template/template.ts";
import type { TemplateContent, TemplateVersion } from "../../domain/template/version.ts";
import { unusable, wrongArguments, refuseAlone } from "../cli/arguments.ts";
import { openInBrowser } from "../cli/browser.ts";
import { command } from "../cli/command.ts";
import { readOperator } from "../cli/operator.ts";
import { printable } from "../cli/layout.ts";
import { openSubject, type Subject } from "./subject.ts";
import { sendTest } from "./test-send.ts";
import { chooseValues, type Values } from "./values.ts";
import type { Print } from "../cli/print.ts";
import { EXIT, type ExitCode } from "../cli/exit-codes.ts";

/** Renders a stored template version or a folder. The exit code is `checkFailed` if it cannot be rendered. */
export const preview = command({
  name: "preview",
  summary: "render a template, and send it to an address of your own as a test",
  takes:
    "(TEMPLATE | FOLDER/) [--case ID | --sample FILE] [--version N] [--out DIR] [--open] [--send-to ADDRESS [--by NAME]]",
  details: `TEMPLATE is a number or the name of a pushed folder, its newest version unless --version
is given. A FOLDER is written with a slash, such as templates/dispute-received.text.en, and
is shown as it lies there, without a database. Html is written to a file, with the
borrower's data in it where --case is given. --send-to sends a stored version with sample values
through the configured provider, marked as a test. It is no notice, and the address is not kept.`,
  operands: ["TEMPLATE"],
  options: {
    case: {
      type: "string",
      value: "ID",
      message: "use the current values of this case and its borrower",
    },
    sample: {
      type: "string",
      value: "FILE",
      message: "use the values in this file (default: the template's own sample)",
    },
    version: { type: "string", value: "N", message: "the version (default: the newest)" },
    out: {
      type: "string",
      value: "DIR",
      message: "the directory for the html file (default DATA_DIR/preview)",
    },
    open: { type: "boolean", message: "open the html in a browser" },
    "send-to": { type: "string", value: "ADDRESS", message: "send it as a test to this address" },
    by: { type: "string", value: "NAME", message: "the name of the sender (default $USER)" },
  },
  async run({ options, operands: [word = ""], print }) {
    if (options.case !== undefined && options.sample !== undefined)
      throw wrongArguments("give one of --case, --sample, or neither");
    const to = options["send-to"];
    if (to === undefined) refuseAlone(options, ["by"], "--send-to");
    if (to !== undefined && options.case !== undefined)
      throw wrongArguments("a test is sent with sample values; omit --case or --send-to");
    const subject = await openSubject(word, options.version);
    if (subject.kind === "unreadable") return refuse(print, subject.lines);
    const values = await chooseValues(subject, options);
    if (values.kind === "none") return refuse(print, values.lines);
    const rendering = render(subject.template, values.context);
    if (rendering.kind === "faulty") return refuse(print, subject.sayFault(rendering));
    const { dataDir } = readConfig(process.env);
    const out = resolve(options.out ?? join(dataDir, "preview"));
    const url = await writeHtml(rendering.parts, out, `${subject.title}.html`);
    for (const line of pageOf(subject, values, rendering.parts)) print(line);
    if (url !== null) print(`\nHtml\n  ${url}`);
    if (subject.findings.length > 0)
      print(
        ["\nIt cannot be published until these findings are corrected:", ...subject.findings].join(
          "\n  ",
        ),
      );
    if (options.open === true)
      print(`\n${url === null ? "There is no html to open." : await openInBrowser(url)}`);
    if (to === undefined) return EXIT.done;
    const operator = readOperator(options.by);
    const version = storedIn(subject);
    return await sendTest({ version, parts: rendering.parts, to, operator }, print);
  },
});

/** The stored version of a template. Throws ARGUMENTS_INVALID for a folder: the record names a sent template by its version, and a folder has none. */
function storedIn({ stored, title }: Subject & { kind: "readable" }): TemplateVersion {
  if (stored !== undefined) return stored;
  throw wrongArguments(`--send-to sends a stored template; push ${title} first`);
}

function refuse(print: Print, lines: readonly string[]): ExitCode {
  for (const line of lines) print(line);
  return EXIT.checkFailed;
}

/** Only the user may read the file, because it may contain personal data. */
async function writeHtml({ html }: Rendered, out: string, name: string): Promise<string | null> {
  if (html === null) return null;
  const path = join(out, name);
  await mkdir(out, { recursive: true, mode: 0o700 })
    .then(() => writeFile(path, html, { mode: 0o600 }))
    .catch(unusable(`${path} cannot be written`));
  return pathToFileURL(path).href;
}

function pageOf(
  { about, template }: Subject & { kind: "readable" },
  { from }: Values & { kind: "values" },
  { subject, text }: Rendered,
): string[] {
  const section = (title: string, part: string | null): string[] =>
    part === null ? [] : ["", title, ...indented(part)];
  return [
    `${about}, with ${from}`,
    ...section("Subject", subject),
    ...section(textTitle(template, text), text),
  ];
}

const indented = (text: string): string[] =>
  printable(text)
    .split("\n")
    .map((line) => `  ${line}`.trimEnd());

function textTitle({ channel }: TemplateContent, text: string | null): string {
  if (!FORMS[channel].inSegments || text === null) return "Text";
  const { encoding, units, segments } = segmentsOf(text);
  const parts = segments === 1 ? "1 segment" : `${segments} segments`;
  const cause = explainUcs2(text);
  const size = `Text: ${parts} of ${encoding}, ${units} units, ${Array.from(text).length} characters`;
  return cause === null ? size : `${size}\n  (${cause})`;
}
