import { Fault } from "../domain/fault.ts";
import type { Db } from "../store/postgres/db.ts";
import { countSealed, resealNext, type SealedWith } from "../store/operate/resealing.ts";
import { openSeal, type Seal } from "../seal.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { counted } from "./cli/layout.ts";
import type { Print } from "./cli/print.ts";

const BATCH = 200;
/** Progress is printed once in this many batches. */
const LINE_EVERY = 25;

/** Seals content again with the first key of CONTENT_KEY. It can be stopped at any time and run again. */
export const reseal = command({
  name: "reseal",
  summary: "seal again, with the first key of CONTENT_KEY, all content sealed with other keys",
  details: `To change the key: put the new one before the old one in CONTENT_KEY, restart the daemons,
run this, and take the old key away once it says that nothing needs it. It goes in small
steps, beside the daemons; stopped, it goes on where it was.`,
  options: {},
  async run({ print }) {
    return await withDatabase("reseal", async (db, { contentKeys }) => {
      const seal = openSeal(contentKeys);
      if (seal === undefined)
        throw new Fault(
          "CONFIG_INVALID",
          "CONTENT_KEY is not set; its first key is the key to seal with",
        );
      const before = await countSealed(db);
      for (const line of foundLines(before, seal.keyId)) print(line);
      const old = before.filter(({ keyId }) => keyId !== seal.keyId);
      const total = old.reduce((sum, { interactions }) => sum + interactions, 0);
      await resealAll(db, seal, { total, print });
      const left = (await countSealed(db)).filter(({ keyId }) => keyId !== seal.keyId);
      for (const line of leftLines(left, before, seal.keyId)) print(line);
      return left.length === 0 ? 0 : 1;
    });
  },
});

function foundLines(found: readonly SealedWith[], keyId: string): string[] {
  if (found.length === 0) return ["Nothing is sealed."];
  return found.map(
    (one) =>
      `Key ${one.keyId}${one.keyId === keyId ? ", the first of CONTENT_KEY," : ""} has sealed ${counted(one.interactions, "interaction")}.`,
  );
}

async function resealAll(
  db: Db,
  seal: Seal,
  { total, print }: { readonly total: number; readonly print: Print },
): Promise<void> {
  let after = "0";
  let done = 0;
  for (let batch = 1; ; batch += 1) {
    const step = await resealNext(db, seal, { after, limit: BATCH });
    if (step === null) break;
    after = step.last;
    done += step.resealed;
    if (batch % LINE_EVERY === 0)
      print(`${done.toLocaleString("en-US")} of ${counted(total, "interaction")} sealed again …`);
  }
  if (done > 0) print(`Sealed ${counted(done, "interaction")} again with key ${seal.keyId}.`);
}

/** A daemon that still has the old key first keeps sealing with it. */
function leftLines(
  left: readonly SealedWith[],
  before: readonly SealedWith[],
  keyId: string,
): string[] {
  const stillNeeded = left.map(
    (one) =>
      `Key ${one.keyId} still seals ${counted(one.interactions, "interaction")}, because they are new or were in use. Give every daemon the same CONTENT_KEY and run this again.`,
  );
  const free = before
    .map((one) => one.keyId)
    .filter((old) => old !== keyId && !left.some((one) => one.keyId === old));
  return [
    ...stillNeeded,
    ...free.map((old) => `Key ${old} is no longer needed. You can remove it from CONTENT_KEY.`),
  ];
}
