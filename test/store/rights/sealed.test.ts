import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { rolesSql } from "../../../src/store/rights/roles.ts";
import type { InteractionId } from "../../../src/domain/ids.ts";
import type { SealedContent } from "../../../src/domain/sealed-content.ts";
import { createSeal, type Seal } from "../../../src/seal.ts";
import { useDatabase } from "../../database.ts";
import { insertInteraction, insertLogged } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";
import { useRole, type TestRole } from "../../roles.ts";

const database = useDatabase();
const { pool } = database;
const operator = useRole(database, "operator");
const daemon = useRole(database, "daemon");
const reader = useRole(database, "reader");

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  const names = { operator: operator.name, daemon: daemon.name, reader: reader.name };
  await pool.query(rolesSql(names));
});

function sealOf(...keys: readonly string[]): Seal {
  const seal = createSeal(keys);
  if (seal === undefined) throw new Error("no seal");
  return seal;
}

const oldKey = randomBytes(32).toString("base64");
const newKey = randomBytes(32).toString("base64");
const OLD = sealOf(oldKey);
const NEW = sealOf(newKey, oldKey);
const SENT = { bodyText: "We approved your request." };
const FORGED = { bodyText: "We denied your request." };
const ownedBy = (interactionId: InteractionId) => ({ interactionId, channel: "email" }) as const;

/** An interaction that holds what OLD has sealed. */
async function plant(origin: "tidings" | "logged"): Promise<InteractionId> {
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select nextval('tidings.interactions_id_seq') as id",
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error("no id");
  const content = OLD.seal(SENT, ownedBy(id));
  const fields = { id, channel: "email", sensitive: true, content };
  return origin === "logged"
    ? await insertLogged(pool, fields)
    : await insertInteraction(pool, { ...fields, status: "attempted" });
}

async function contentOf(id: InteractionId): Promise<SealedContent> {
  const { rows } = await pool.query<{ content: SealedContent }>(
    "select content from tidings.interactions where id = $1",
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no interaction ${id}`);
  return row.content;
}

/** Content that the history keeps of an interaction. */
async function earlierContentsOf(id: InteractionId): Promise<unknown[]> {
  const { rows } = await pool.query<{ content: unknown }>(
    "select changes#>'{content,from}' as content from tidings.record_changes where table_name = 'interactions' and row_id = $1 order by id",
    [id],
  );
  return rows.map(({ content }) => content);
}

const replaceAs = (role: TestRole, id: InteractionId, content: object) =>
  role.run((client) =>
    client.query("update tidings.interactions set content = $2 where id = $1", [
      id,
      JSON.stringify(content),
    ]),
  );

const withCommitment = ({ sealed }: SealedContent, commitment: string): SealedContent => ({
  sealed: { ...sealed, commitment },
});

describe("sealed content of a notice", () => {
  test("changes under another key only by the daemon's role", async () => {
    const id = await plant("tidings");
    const before = await contentOf(id);
    const resealed = NEW.reseal(before, ownedBy(id));
    const junk = { sealed: { ...before.sealed, keyId: "0123456789ab", data: "" } };
    for (const content of [NEW.seal(FORGED, ownedBy(id)), resealed, junk])
      await expect(replaceAs(operator, id, content)).rejects.toMatchObject({
        constraint: "interactions_keep_their_content",
      });
    await replaceAs(daemon, id, resealed);
    expect(NEW.unseal(await contentOf(id), ownedBy(id))).toEqual(SENT);
    // the key that OLD has could not be retired if the history kept what it has sealed
    expect(await earlierContentsOf(id)).toEqual([null]);
  });

  test("is never other content, also for who has the keys and the daemon's role", async () => {
    const id = await plant("tidings");
    const forged = NEW.seal(FORGED, ownedBy(id));
    await expect(replaceAs(daemon, id, forged)).rejects.toMatchObject({
      constraint: "interactions_keep_their_content",
    });
    const { commitment } = (await contentOf(id)).sealed;
    await replaceAs(daemon, id, withCommitment(forged, commitment));
    const content = await contentOf(id);
    expect(() => NEW.unseal(content, ownedBy(id))).toThrow("SEAL_BROKEN");
  });
});

describe("sealed content of a logged interaction", () => {
  test("stays in the history when other content replaces it, whatever the key", async () => {
    const id = await plant("logged");
    const before = await contentOf(id);
    await replaceAs(daemon, id, NEW.seal(FORGED, ownedBy(id)));
    await replaceAs(operator, id, OLD.seal(FORGED, ownedBy(id)));
    const [first] = await earlierContentsOf(id);
    expect(first).toEqual(before);
  });

  test("is sealed again only by the daemon's role", async () => {
    const id = await plant("logged");
    const resealed = NEW.reseal(await contentOf(id), ownedBy(id));
    await expect(replaceAs(operator, id, resealed)).rejects.toMatchObject({
      constraint: "interactions_are_sealed_by_tidings",
    });
    await replaceAs(daemon, id, resealed);
    expect(await earlierContentsOf(id)).toEqual([null]);
  });

  test("replaces clear content only by the daemon's role, because the history drops that", async () => {
    const id = await insertLogged(pool, { channel: "email", content: SENT });
    const sealed = OLD.seal(FORGED, ownedBy(id));
    await expect(replaceAs(operator, id, sealed)).rejects.toMatchObject({
      constraint: "interactions_are_sealed_by_tidings",
    });
    await replaceAs(daemon, id, sealed);
  });
});

describe("earlier sealed content", () => {
  const rewriteAs = (role: TestRole, id: InteractionId, content: object) =>
    role.run((client) =>
      client.query(
        "update tidings.record_changes set changes = jsonb_set(changes, '{content,from}', $2) where row_id = $1",
        [id, JSON.stringify(content)],
      ),
    );

  test("is sealed again, and never replaced", async () => {
    const id = await plant("logged");
    const before = await contentOf(id);
    await replaceAs(daemon, id, OLD.seal(FORGED, ownedBy(id)));
    const resealed = NEW.reseal(before, ownedBy(id));
    await expect(rewriteAs(operator, id, resealed)).rejects.toMatchObject({ code: "42501" });
    await expect(rewriteAs(daemon, id, NEW.seal(FORGED, ownedBy(id)))).rejects.toMatchObject({
      constraint: "record_changes_are_history",
    });
    await rewriteAs(daemon, id, resealed);
    expect(await earlierContentsOf(id)).toEqual([resealed]);
  });

  test("is not shown to a reader", async () => {
    for (const query of [
      "changes from tidings.record_changes",
      "content from tidings.interactions",
    ])
      await expect(reader.run((client) => client.query(`select ${query}`))).rejects.toMatchObject({
        code: "42501",
      });
  });
});
