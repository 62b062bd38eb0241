import { JSON_OPTION } from "../cli/json.ts";
import { listTemplates } from "../../store/templates/versions.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { aligned, counted } from "../cli/layout.ts";
import { EXIT } from "../cli/exit-codes.ts";

/** Lists every template with its active version and its draft. */
export const templatesList = command({
  name: "templates list",
  summary: "list every template with its active version and its draft",
  takes: "[--json]",
  options: JSON_OPTION,
  async run({ options, print }) {
    const templates = await withDatabase("templates", listTemplates);
    if (options.json === true) {
      print(JSON.stringify(templates, null, 2));
      return EXIT.done;
    }
    const rows = templates.map((one) => [
      String(one.id),
      one.slug ?? "-",
      one.activeVersion === null ? "-" : String(one.activeVersion),
      one.draftVersion === null ? "-" : String(one.draftVersion),
      one.channel,
      one.language,
      one.sensitive ? "sensitive" : "",
      one.name,
    ]);
    for (const line of aligned([
      ["id", "template", "active", "draft", "channel", "language", "", "name"],
      ...rows,
    ]))
      print(line);
    print(counted(templates.length, "template"));
    return EXIT.done;
  },
});
