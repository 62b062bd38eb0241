import { createHash } from "node:crypto";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import type { Pool, PoolClient } from "pg";
import { isStatementLost } from "./retry.ts";

/** More texts than the daemon has statements. A text beyond them is planned each time. */
const MOST_TEXTS = 500;

/** Gives each statement text the name under which every connection prepares it. */
interface Names {
  /** Undefined if too many texts have a name. */
  nameOf(text: string): string | undefined;
  /** The text gets another name, so connections prepare it again. */
  forget(text: string): void;
}

/**
 * A pool whose connections prepare each statement once and keep its plan: planning took a third of the time of a small batch. Its
 * sessions must be opened with `prepared`, which guards against plans made while a table is small.
 */
export function preparing(pool: Pool): PostgresPool {
  const names = nameTexts();
  return {
    connect: async () => prepareOn(await pool.connect(), names),
    end: () => pool.end(),
    options: pool.options,
  };
}

function nameTexts(): Names {
  const names = new Map<string, string>();
  let forgotten = 0;
  return {
    nameOf(text) {
      const known = names.get(text);
      if (known !== undefined || names.size >= MOST_TEXTS) return known;
      const name = `tidings_${forgotten}_${sha1(text)}`;
      names.set(text, name);
      return name;
    },
    forget(text) {
      forgotten += 1;
      names.delete(text);
    },
  };
}

// another pool over the same connections never gives the name to another text
const sha1 = (text: string): string => createHash("sha1").update(text).digest("hex");

/** Statements without parameters, such as `begin`, stay simple queries: one message and no plan. */
function prepareOn(client: PoolClient, names: Names): PostgresPoolClient {
  const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    const name = values.length === 0 ? undefined : names.nameOf(text);
    if (name === undefined) return await client.query(text, [...values]);
    try {
      return await client.query({ name, text, values: [...values] });
    } catch (error) {
      if (isStatementLost(error)) names.forget(text);
      throw error;
    }
  };
  return { query, release: (destroy) => client.release(destroy) } as PostgresPoolClient;
}
