import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { templateDiff, wantsColor } from "./print-diff.ts";
import { chooseVersion, findVersions, readTemplateName, titleOf } from "./name.ts";
import { EXIT } from "../cli/exit-codes.ts";

/** Shows what publishing would change. */
export const templatesDiff = command({
  name: "templates diff",
  summary: "show how the newest version, or a given one, differs from the active version",
  takes: "TEMPLATE [--version N]",
  operands: ["TEMPLATE"],
  options: {
    version: {
      type: "string",
      value: "N",
      message: "the version to compare (default: the newest)",
    },
  },
  async run({ options, operands: [word = ""], print }) {
    const name = readTemplateName(word);
    const versions = await withDatabase("templates", (db) => findVersions(db, name));
    const other = chooseVersion(versions, options.version);
    const active = versions.find(({ status }) => status === "active");
    const title = titleOf(other);
    if (active === undefined) {
      print(`${title} has no active version; version ${other.version} is ${other.status}.`);
      return EXIT.done;
    }
    if (active.contentHash === other.contentHash) {
      print(`${title}: version ${other.version} equals the active version ${active.version}.`);
      return EXIT.done;
    }
    print(
      `${title}: from version ${active.version}, active, to version ${other.version}, ${other.status}`,
    );
    for (const line of templateDiff(active, other, wantsColor())) print(line);
    return EXIT.done;
  },
});
