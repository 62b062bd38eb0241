import { writeFile } from "node:fs/promises";
import { isSealed } from "../../domain/sealed-content.ts";
import type { Db } from "../../store/postgres/db.ts";
import { countReveals, recordReveals } from "../../store/operate/content-reveals.ts";
import { type ContentRecord, loadContentRecord } from "../../store/operate/recorded-content.ts";
import { unsealContent, createSeal, type Seal } from "../../seal.ts";
import { JSON_OPTION } from "../cli/json.ts";
import {
  notFound,
  readInteractionId,
  unusable,
  wrongArguments,
  refuseAlone,
} from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { momentsIn } from "../cli/moment.ts";
import { readOperator } from "../cli/operator.ts";
import { showJson, type Shown, showPage } from "./page.ts";
import { EXIT } from "../cli/exit-codes.ts";

/** Shows the recorded content of an interaction. Sensitive content is shown only on request, and that is recorded. */
export const show = command({
  name: "show",
  summary: "show the content of an interaction and compare it with the bytes that were sent",
  takes: "INTERACTION_ID [--reveal] [--html FILE] [--json] [--by NAME]",
  details: `The content is shown as it was rendered. Sensitive content is not shown without --reveal,
and the name of its reader is recorded.`,
  operands: ["INTERACTION_ID"],
  options: {
    reveal: { type: "boolean", message: "show sensitive content too; this is recorded" },
    html: { type: "string", value: "FILE", message: "write the html part to this file" },
    ...JSON_OPTION,
    by: { type: "string", value: "NAME", message: "the name of the reader (default $USER)" },
  },
  async run({ options, operands: [operand = ""], print }) {
    const id = readInteractionId("INTERACTION_ID", operand);
    const reveal = options.reveal === true;
    if (!reveal) refuseAlone(options, ["by"], "--reveal");
    const operator = reveal ? readOperator(options.by) : "show";
    const actor = reveal ? `operator:${operator}` : operator;
    return await withDatabase(actor, async (db, { contentKeys, lender }) => {
      const kept = await loadContentRecord(db, id);
      if (kept === undefined) throw notFound(`there is no interaction ${id}`);
      const seal = createSeal(contentKeys);
      const shown = await read(db, kept, { reveal: reveal ? actor : null, seal });
      if (options.html !== undefined) await writeHtml(options.html, shown);
      const asked = options.json === true;
      print(asked ? await showJson(shown) : await showPage(shown, momentsIn(lender.timeZone)));
      return EXIT.done;
    });
  },
});

interface Terms {
  /** The person to whom sensitive content is shown; null hides it. */
  readonly reveal: string | null;
  readonly seal: Seal | undefined;
}

/** Shows sensitive content only after the reveal is committed. Content that cannot be opened causes no reveal. */
async function read(db: Db, kept: ContentRecord, { reveal, seal }: Terms): Promise<Shown> {
  const { id, content, sensitive } = kept;
  const isHidden = content !== null && (sensitive || isSealed(content));
  if (isHidden && reveal === null)
    return { kept, content: null, hidden: true, reveals: await countReveals(db, id) };
  const opened = unsealContent(content, seal, { interactionId: id, channel: kept.channel });
  if (isHidden && reveal !== null)
    await recordReveals(db, { interactionIds: [id], revealedBy: reveal, way: "command" });
  return { kept, content: opened, hidden: false, reveals: await countReveals(db, id) };
}

async function writeHtml(path: string, { content, hidden }: Shown): Promise<void> {
  if (hidden) throw wrongArguments("the content is sensitive, so --html needs --reveal");
  const html = content !== null && "bodyHtml" in content ? content.bodyHtml : null;
  if (typeof html !== "string") throw wrongArguments("the content has no html part; omit --html");
  await writeFile(path, html, { mode: 0o600 }).catch(unusable(`--html ${path} cannot be written`));
}
