import type { KeyObject } from "node:crypto";
import { checkComplete } from "../../decide/evidence/check-pack.ts";
import { filesOf } from "../../decide/evidence/files.ts";
import type { Pack, PackSubject } from "../../domain/evidence/pack.ts";
import { gatherEvidence, type Gathered } from "../../record/gather-evidence.ts";
import { verifyPack } from "../../record/verify-pack.ts";
import { createSeal } from "../../seal.ts";
import { recordReveals } from "../../store/operate/content-reveals.ts";
import {
  notFound,
  onlyOne,
  readInteractionId,
  readWhole,
  wrongArguments,
  refuseAlone,
} from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT, type ExitCode } from "../cli/exit-codes.ts";
import { JSON_OPTION, type Output, printResult } from "../cli/json.ts";
import { counted, page, wrapped } from "../cli/layout.ts";
import { BY_OPTION, readOperator } from "../cli/operator.ts";
import { readPublicKey } from "../cli/public-key.ts";
import { readPackFiles, writePackFiles } from "./pack-files.ts";

/** Writes and verifies evidence packs. */
export const evidence = command({
  name: "evidence",
  summary:
    "write all that is on record about a case, borrower or interaction into one folder or tar file, with a proof of each row; or verify one",
  takes:
    "((--case ID | --borrower ID | --interaction ID) --out PATH [--head SIZE] [--reveal [--by NAME]] | --verify PATH [--key FILE]) [--json]",
  details: `The pack has the record as of a head of the record tree: the newest one, or that of --head. The same
record at the same head gives the same bytes. Sensitive content is in it only with --reveal, which is recorded.
--verify needs neither a database nor a network, and exits with 1 if something does not fit.
docs/evidence.md describes the files of a pack.`,
  options: {
    case: {
      type: "string",
      value: "ID",
      message: "the changes of a case and the notices that they caused",
    },
    borrower: { type: "string", value: "ID", message: "everything about a borrower" },
    interaction: { type: "string", value: "ID", message: "one notice with all its attempts" },
    out: { type: "string", value: "PATH", message: "a new folder, or a file that ends in .tar" },
    head: { type: "string", value: "SIZE", message: "the size of the head that proves the rows" },
    reveal: { type: "boolean", message: "with sensitive content; this is recorded" },
    ...BY_OPTION,
    verify: { type: "string", value: "PATH", message: "verify a pack" },
    key: {
      type: "string",
      value: "FILE",
      message: "the public key (PEM) that must have signed the head",
    },
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    const output = { print, json: options.json === true };
    const [task, named] = onlyOne<(typeof TASKS)[number], string>(options, TASKS);
    if (task === "verify") {
      refuseAlone(options, ["out", "head", "reveal", "by"], "--case, --borrower or --interaction");
      const key = options.key === undefined ? undefined : await readPublicKey(options.key);
      return await verify(named, key, output);
    }
    refuseAlone(options, ["key"], "--verify");
    if (options.reveal !== true) refuseAlone(options, ["by"], "--reveal");
    const subject = readSubject(task, named);
    const { out } = options;
    if (out === undefined)
      throw wrongArguments("--out is missing: a new folder, or a file that ends in .tar");
    const headSize = options.head === undefined ? undefined : readWhole("--head", options.head);
    const reveals = options.reveal === true;
    const operator = reveals ? readOperator(options.by) : "evidence";
    const actor = reveals ? `operator:${operator}` : operator;
    return await withDatabase(actor, async (db, { contentKeys }) => {
      const seal = createSeal(contentKeys);
      const gathered = await gatherEvidence(db, { subject, headSize, seal, reveals });
      if (gathered === undefined)
        throw notFound(`nothing is on record about ${subject.kind} ${subject.id}`);
      const files = filesOf(gathered.pack);
      const incomplete = checkComplete(gathered.pack, files);
      if (incomplete !== undefined) {
        printResult(output, { out: null, flaw: incomplete }, [
          page(wrapped(`The pack would not be complete: ${incomplete.path}: ${incomplete.long}`)),
        ]);
        return EXIT.checkFailed;
      }
      const interactionIds = gathered.revealed;
      if (interactionIds.length > 0)
        await recordReveals(db, { interactionIds, revealedBy: actor, way: "command" });
      await writePackFiles(out, files);
      printResult(output, writtenDocument(out, gathered), [writtenPage(out, gathered)]);
      return EXIT.done;
    });
  },
});

const TASKS = ["case", "borrower", "interaction", "verify"] as const;

const readSubject = (kind: PackSubject["kind"], id: string): PackSubject => ({
  kind,
  id: kind === "interaction" ? readInteractionId("--interaction", id) : id,
});

/** The parts of a pack that both documents have. */
const sizesOf = ({ head, rows, attempts }: Pack): object => ({
  head: { size: head.size, root: head.root, madeAt: head.madeAt, keyId: head.keyId },
  rows: rows.length,
  attempts: attempts.length,
});

const writtenDocument = (out: string, { pack, newerRows, revealed }: Gathered): object => ({
  out,
  flaw: null,
  ...sizesOf(pack),
  newerRows,
  revealed,
});

function writtenPage(out: string, { pack, newerRows, revealed }: Gathered): string {
  const { head, rows, attempts } = pack;
  const lines = wrapped(
    `${out} has ${counted(rows.length, "row")} about ${counted(attempts.length, "attempt")}, as of the head of size ${head.size} of ${head.madeAt}, root ${head.root}.`,
  );
  if (newerRows > 0)
    lines.push(
      ...wrapped(
        `${counted(newerRows, "row")} about it ${newerRows === 1 ? "is" : "are"} newer than this head and not in the pack. A daemon makes a head each minute.`,
      ),
    );
  if (revealed.length > 0)
    lines.push(
      ...wrapped(
        `It has the sensitive content of ${counted(revealed.length, "interaction")}, which is on record.`,
      ),
    );
  return page(lines);
}

async function verify(path: string, key: KeyObject | undefined, output: Output): Promise<ExitCode> {
  const files = await readPackFiles(path);
  const { flaw, pack, signedBy, isPageCompared } = verifyPack(files, key);
  if (flaw !== null || pack === null) {
    printResult(output, { flaw }, [page(wrapped(`FLAW: ${flaw?.path}: ${flaw?.long}`))]);
    return EXIT.checkFailed;
  }
  const { head, rows, attempts } = pack;
  printResult(output, { flaw: null, ...sizesOf(pack), signedBy, isPageCompared }, [
    page([
      ...wrapped(
        `The pack is as it was written: ${counted(rows.length, "row")} about ${counted(attempts.length, "attempt")} are in the tree of size ${head.size} with the root ${head.root}.`,
      ),
      ...wrapped(SIGNED[signedBy ?? "unsigned"](head.keyId)),
      ...(isPageCompared
        ? []
        : wrapped(
            "Another release has written the page. Its text was not compared with the rows.",
          )),
    ]),
  ]);
  return EXIT.done;
}

const SIGNED: Readonly<
  Record<"givenKey" | "keyInPack" | "unsigned", (keyId: string | null) => string>
> = {
  givenKey: (keyId) => `The head is signed by the key that was given, ${keyId}.`,
  keyInPack: (keyId) =>
    `The head is signed by the key in the pack, ${keyId}. Compare the key, or the root, with one that you got another way (--key).`,
  unsigned: () =>
    "The head is not signed. Compare the root with that in the logs (recordTree.headMade).",
};
