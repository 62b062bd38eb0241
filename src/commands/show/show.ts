import { writeFile } from "node:fs/promises";
import { isSealed } from "../../domain/sealed-content.ts";
import type { Db } from "../../store/postgres/db.ts";
import { countReveals, noteReveals } from "../../store/operate/content-reveals.ts";
import { type KeptContent, loadKeptContent } from "../../store/operate/recorded-content.ts";
import { openContent, openSeal, type Seal } from "../../seal.ts";
import { readId, unusable, wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { momentsIn } from "../cli/moment.ts";
import { readOperator } from "../cli/operator.ts";
import { type Shown, showPage } from "./page.ts";

/** What an interaction said, as it is on record. Sensitive content is shown to those who ask for it, on record. */
export const show = command({
  name: "show",
  summary: "what an interaction said, and whether the record still holds what left",
  takes: "INTERACTION_ID [--reveal] [--html FILE] [--by NAME]",
  details: `The content is shown as it was rendered. What is sensitive is not shown without --reveal,
and who has revealed it is put on record.`,
  operands: ["INTERACTION_ID"],
  options: {
    reveal: { type: "boolean", message: "show sensitive content too, on record" },
    html: { type: "string", value: "FILE", message: "write the html part there" },
    by: { type: "string", value: "NAME", message: "who reads it; $USER unless given" },
  },
  async run({ options, operands: [operand = ""], print }) {
    const id = readId("INTERACTION_ID", operand);
    const reveal = options.reveal === true;
    const operator = reveal ? readOperator(options.by ?? process.env["USER"]) : "show";
    const actor = reveal ? `operator:${operator}` : operator;
    return await withDatabase(actor, async (db, { contentKeys, lender }) => {
      const kept = await loadKeptContent(db, id);
      if (kept === undefined) throw wrongArguments(`there is no interaction ${id}`);
      const seal = openSeal(contentKeys);
      const shown = await read(db, kept, { reveal: reveal ? actor : null, seal });
      if (options.html !== undefined) await writeHtml(options.html, shown);
      print(await showPage(shown, momentsIn(lender.timeZone)));
      return 0;
    });
  },
});

interface Terms {
  /** In whose name sensitive content is shown; null: it is not. */
  readonly reveal: string | null;
  readonly seal: Seal | undefined;
}

/** Sensitive content is handed out only once it is on record that it is; content that cannot be opened was not read. */
async function read(db: Db, kept: KeptContent, { reveal, seal }: Terms): Promise<Shown> {
  const { id, content, sensitive } = kept;
  const isHidden = content !== null && (sensitive || isSealed(content));
  if (isHidden && reveal === null)
    return { kept, content: null, hidden: true, reveals: await countReveals(db, id) };
  const opened = openContent(content, seal);
  if (isHidden && reveal !== null)
    await noteReveals(db, { interactionIds: [id], revealedBy: reveal, way: "command" });
  return { kept, content: opened, hidden: false, reveals: await countReveals(db, id) };
}

async function writeHtml(path: string, { content, hidden }: Shown): Promise<void> {
  if (hidden) throw wrongArguments("its content is sensitive: --html needs --reveal");
  const html = content !== null && "bodyHtml" in content ? content.bodyHtml : null;
  if (typeof html !== "string") throw wrongArguments("it has no html part: leave out --html");
  await writeFile(path, html, { mode: 0o600 }).catch(unusable(`--html ${path} cannot be written`));
}
