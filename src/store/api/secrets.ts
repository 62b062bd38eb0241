import { randomBytes } from "node:crypto";
import type { Db } from "../postgres/db.ts";

/** The key `links.N` with the highest N signs; all of them are valid. */
const LINKS = "links.";

/**
 * Returns the keys of links in messages and of bounce addresses, with the signing key first. They depend on no setting,
 * because a link must work for years, while content keys are replaced. The first call creates a key.
 */
export async function loadLinkKeys(db: Db): Promise<readonly Buffer[]> {
  const known = await readLinkKeys(db);
  if (known.length > 0) return known;
  await getOrCreateSecret(db, `${LINKS}1`);
  return await readLinkKeys(db);
}

async function readLinkKeys(db: Db): Promise<readonly Buffer[]> {
  const rows = await db
    .selectFrom("secrets")
    .select("value")
    .where("name", "like", `${LINKS}%`)
    .orderBy("createdAt", "desc")
    .orderBy("name", "desc")
    .execute();
  return rows.map(({ value }) => value);
}

/** Returns the installation's secret with this name, the same for every daemon. The first call creates it. */
export async function getOrCreateSecret(db: Db, name: string): Promise<Buffer> {
  await db
    .insertInto("secrets")
    .values({ name, value: randomBytes(32) })
    .onConflict((on) => on.column("name").doNothing())
    .execute();
  const row = await db
    .selectFrom("secrets")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirst();
  if (row === undefined) throw new Error(`the secret ${name} was deleted as it was created`);
  return row.value;
}
