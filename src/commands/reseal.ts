import { Fault } from "../domain/fault.ts";
import type { Db } from "../store/postgres/db.ts";
import {
  countSealed,
  resealNext,
  type SealedPlace,
  type SealedWith,
} from "../store/operate/resealing.ts";
import { createSeal, type Seal } from "../seal.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { counted } from "./cli/layout.ts";
import { type Print, toStderr } from "./cli/print.ts";
import { EXIT } from "./cli/exit-codes.ts";
import { JSON_OPTION, printResult } from "./cli/json.ts";

const BATCH = 200;
/** The number of batches between lines of progress. */
const LINE_EVERY = 25;

/** Seals all sealed content with the first key of CONTENT_KEY. It can be stopped at any time and run again. */
export const reseal = command({
  name: "reseal",
  summary: "seal content of other keys again with the first key of CONTENT_KEY",
  details: `To change the key: put the new key before the old one in CONTENT_KEY, restart the daemons,
run this command, and remove the old key once the output says that nothing needs it. The
daemons may run meanwhile. If the command is stopped, run it again.`,
  takes: "[--json]",
  options: { ...JSON_OPTION },
  async run({ options, print }) {
    return await withDatabase("reseal", async (db, { contentKeys }) => {
      const seal = createSeal(contentKeys);
      if (seal === undefined)
        throw new Fault(
          "CONFIG_INVALID",
          "CONTENT_KEY is not set; its first key is the one to seal with",
        );
      const json = options.json === true;
      // progress is in words, so with --json it goes to standard error
      const say = json ? toStderr : print;
      const before = await countSealed(db);
      for (const line of foundLines(before, seal.keyId)) say(line);
      const broken = await resealAll(db, seal, { total: totalOf(before, seal.keyId), print: say });
      const left = (await countSealed(db)).filter(({ keyId }) => keyId !== seal.keyId);
      const document = { keyId: seal.keyId, before, left, broken };
      printResult({ print, json }, document, [
        ...leftLines(left, before, seal.keyId),
        ...broken.map(
          (what) => `SEAL_BROKEN: ${what} was changed, or belongs to another interaction.`,
        ),
      ]);
      return left.length === 0 && broken.length === 0 ? EXIT.done : EXIT.checkFailed;
    });
  },
});

const sizeOf = ({ interactions, earlierVersions }: SealedWith): number =>
  interactions + earlierVersions;

const totalOf = (sealed: readonly SealedWith[], keyId: string): number =>
  sealed.filter((one) => one.keyId !== keyId).reduce((sum, one) => sum + sizeOf(one), 0);

/** Such as `5 interactions and 2 earlier versions`. */
function sizeInWords({ interactions, earlierVersions }: SealedWith): string {
  const size = counted(interactions, "interaction");
  return earlierVersions === 0
    ? size
    : `${size} and ${counted(earlierVersions, "earlier version")}`;
}

function foundLines(found: readonly SealedWith[], keyId: string): string[] {
  if (found.length === 0) return ["Nothing is sealed."];
  return found.map((one) => {
    const first = one.keyId === keyId ? ", the first of CONTENT_KEY," : "";
    return `Key ${one.keyId}${first} has sealed ${sizeInWords(one)}.`;
  });
}

interface Progress {
  readonly total: number;
  readonly print: Print;
}

/** Returns descriptions of the contents that cannot be opened. */
async function resealAll(db: Db, seal: Seal, { total, print }: Progress): Promise<string[]> {
  const broken: string[] = [];
  let done = 0;
  let batches = 0;
  const count = (resealed: number): void => {
    done += resealed;
    batches += 1;
    if (batches % LINE_EVERY === 0)
      print(`${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} sealed again …`);
  };
  for (const place of ["interactions", "earlierVersions"] as const)
    broken.push(...(await resealPlace(db, seal, { place, count })));
  if (done > 0) print(`Sealed ${counted(done, "content")} again with key ${seal.keyId}.`);
  return broken;
}

const WORDS: Readonly<Record<SealedPlace, string>> = {
  interactions: "the content",
  earlierVersions: "an earlier version of the content",
};

async function resealPlace(
  db: Db,
  seal: Seal,
  { place, count }: { readonly place: SealedPlace; readonly count: (resealed: number) => void },
): Promise<string[]> {
  const broken: string[] = [];
  let batch = await resealNext(db, seal, { place, after: "0", limit: BATCH });
  while (batch !== null) {
    count(batch.resealed);
    broken.push(...batch.broken.map((id) => `${WORDS[place]} of interaction ${id}`));
    batch = await resealNext(db, seal, { place, after: batch.last, limit: BATCH });
  }
  return broken;
}

/** A daemon whose first key is still the old one seals with it while this command runs. */
function leftLines(
  left: readonly SealedWith[],
  before: readonly SealedWith[],
  keyId: string,
): string[] {
  const stillNeeded = left.map(
    (one) =>
      `Key ${one.keyId} still seals ${sizeInWords(one)}. Check that CONTENT_KEY has this key, here and for all daemons, and run this command again; rows in use are sealed then.`,
  );
  const free = before
    .map((one) => one.keyId)
    .filter((old) => old !== keyId && !left.some((one) => one.keyId === old));
  return [
    ...stillNeeded,
    ...free.map((old) => `Key ${old} is no longer needed. You can remove it from CONTENT_KEY.`),
  ];
}
