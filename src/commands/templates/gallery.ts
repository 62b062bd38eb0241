import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { asTemplate, readFolder } from "../../template/folder/read-folder.ts";
import { render } from "../../template/render/render.ts";
import { unusable } from "../cli/arguments.ts";
import { openInBrowser } from "../cli/browser.ts";
import { command } from "../cli/command.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { counted } from "../cli/layout.ts";
import { findingLines, type FolderOnDisk, readFolders } from "./folders.ts";
import { type Exhibit, galleryPage } from "./gallery-page.ts";

/** Writes one page with every template as it is received. */
export const templatesGallery = command({
  name: "templates gallery",
  summary: "write one page that shows every template with its sample",
  takes: "[FOLDER …] [--out FILE] [--open]",
  details: `A FOLDER is a template, or holds templates; ./templates unless given. The page shows each template
in every language, at the width of a desktop and of a phone, with subject, preheader, theme and the
segments of a text. It is one file without scripts, and needs no database.`,
  operands: ["[FOLDER]…"],
  options: {
    out: { type: "string", value: "FILE", message: "the file to write (default gallery.html)" },
    open: { type: "boolean", message: "open the page in a browser" },
  },
  async run({ options, operands, print }) {
    const folders = await readFolders(operands.length === 0 ? ["templates"] : operands);
    const exhibits = folders.map(exhibitOf);
    const path = resolve(options.out ?? "gallery.html");
    await mkdir(dirname(path), { recursive: true })
      .then(() => writeFile(path, galleryPage(exhibits)))
      .catch(unusable(`--out ${path} cannot be written`));
    const url = pathToFileURL(path).href;
    print(`${counted(exhibits.length, "template")}: ${url}`);
    const faulty = exhibits.flatMap(({ findings }) => findings);
    for (const line of faulty) print(line);
    if (options.open === true) print(await openInBrowser(url));
    return faulty.length > 0 ? EXIT.checkFailed : EXIT.done;
  },
});

/** The template with the values of its first sample. */
function exhibitOf(folder: FolderOnDisk): Exhibit {
  const { slug } = folder;
  const reading = readFolder(folder);
  const findings = findingLines(folder, reading.findings);
  if (reading.kind === "unreadable") return { slug, about: null, parts: null, findings };
  const { content, samples } = reading.draft;
  const [sample] = Object.values(samples);
  const rendering = render(asTemplate(reading.draft), sample as object);
  const parts = rendering.kind === "rendered" && findings.length === 0 ? rendering.parts : null;
  return { slug, about: content, parts, findings };
}
