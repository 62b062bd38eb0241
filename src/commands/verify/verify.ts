import { readFile } from "node:fs/promises";
import type { LoggedHead } from "../../record/verify-heads.ts";
import type { Flaw } from "../../record/flaws.ts";
import { type Verified, verifyRecord } from "../../record/verify-record.ts";
import { JSON_OPTION } from "../cli/json.ts";
import { readWhole, unusable, wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { counted, page, wrapped } from "../cli/layout.ts";
import { toStderr } from "../cli/print.ts";
import { readPublicKey } from "../cli/public-key.ts";

/** More flaws than these are counted, and not listed. */
const MOST_LISTED = 100;
/** Progress is shown on a terminal in steps of this many leaves. */
const STEP = 100_000;

/** Proves that the record is as it was written. */
export const verify = command({
  name: "verify",
  summary: "verify that no row of the record was changed, removed or added since it was written",
  takes: "[--heads FILE] [--key FILE] [--from SIZE] [--json]",
  details: `Computes the record tree again, compares each leaf with its row, and the roots with the heads in the
database. That shows every change by somebody who does not also change the tree. With --heads it compares
the roots with the heads in the logs, which nobody with the password of the database can change. Exits
with 1 if something differs. docs/record-tree.md explains the tree.`,
  options: {
    heads: {
      type: "string",
      value: "FILE",
      message: "log lines; those of recordTree.headMade are compared",
    },
    key: {
      type: "string",
      value: "FILE",
      message: "the public key (PEM) that must have signed every head, or those after --from",
    },
    from: {
      type: "string",
      value: "SIZE",
      message: "compare only rows of leaves from this size on, after an earlier verification",
    },
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    const from = options.from === undefined ? 0 : readWhole("--from", options.from);
    const logged = options.heads === undefined ? [] : await readHeads(options.heads);
    const publicKey = options.key === undefined ? undefined : await readPublicKey(options.key);
    return await withDatabase("verify", async (db) => {
      const listed: Flaw[] = [];
      let flaws = 0;
      let shown = 0;
      const verified = await verifyRecord(
        db,
        { from, logged, publicKey },
        {
          onFlaw: (flaw) => {
            flaws += 1;
            if (listed.length < MOST_LISTED) listed.push(flaw);
          },
          onProgress: (leaves, all) => {
            if (!process.stderr.isTTY || leaves - shown < STEP) return;
            shown = leaves;
            toStderr(`${counted(leaves, "leaf")} of ${all.toLocaleString("en-US")}`);
          },
        },
      );
      // a mistyped size would leave everything out, and nothing would differ
      if (from > verified.leaves)
        throw wrongArguments(`--from is ${from}, and the tree has ${verified.leaves} leaves`);
      const report = { ...verified, logged: logged.length, flaws, listed };
      print(options.json === true ? JSON.stringify(report, null, 2) : verifiedPage(report));
      return flaws === 0 ? EXIT.done : EXIT.checkFailed;
    });
  },
});

interface Report extends Verified {
  readonly logged: number;
  readonly flaws: number;
  readonly listed: readonly Flaw[];
}

function verifiedPage(report: Report): string {
  const { leaves, compared, erased, deleted, heads, root, logged, flaws, listed } = report;
  const summary = `The tree has ${leaves.toLocaleString("en-US")} leaves and the root ${root}. ${compared.toLocaleString("en-US")} rows were compared, with ${counted(heads, "head")} of the database and ${counted(logged, "head")} of the logs.`;
  const erasing = [
    ...(erased === 0
      ? []
      : [`Of these, ${counted(erased, "row")} had content that was erased, on record.`]),
    ...(deleted === 0 ? [] : [`Deletions on record name ${counted(deleted, "row")}.`]),
  ];
  if (flaws === 0)
    return page([...wrapped(summary), ...erasing, "The record is as it was written."]);
  const lines = listed.map(({ kind, source, rowId, size, long }) =>
    [kind, source === null ? `at size ${size}` : `${source} ${rowId}`, long].join("  "),
  );
  return page([...wrapped(summary), ...erasing, `${counted(flaws, "flaw")}:`, "", ...lines]);
}

async function readHeads(path: string): Promise<LoggedHead[]> {
  const text = await readFile(path, "utf8").catch(unusable(`--heads ${path} cannot be read`));
  const heads = text.split("\n").flatMap(headOf);
  if (heads.length > 0) return heads;
  throw wrongArguments(`--heads ${path} has no line of recordTree.headMade`);
}

/** Lines of other events, and lines that a log collector added, are not heads. */
function headOf(line: string): LoggedHead[] {
  const start = line.indexOf("{");
  if (start === -1 || !line.includes("recordTree.headMade")) return [];
  try {
    const { size, root, madeAt, keyId, signature } = JSON.parse(line.slice(start)) as Readonly<
      Record<string, unknown>
    >;
    if (typeof size !== "number" || typeof root !== "string") return [];
    return [
      {
        size,
        root: Buffer.from(root, "hex"),
        madeAt: typeof madeAt === "string" ? madeAt : null,
        keyId: typeof keyId === "string" ? keyId : null,
        signature: typeof signature === "string" ? Buffer.from(signature, "base64") : null,
      },
    ];
  } catch {
    return [];
  }
}
