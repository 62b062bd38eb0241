import { appendFileSync, chmodSync, cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../src/store/postgres/embedded-postgres.ts";

/** A primary and a standby that streams from it. */
export interface Pair {
  readonly primary: EmbeddedPostgres;
  readonly standby: EmbeddedPostgres;
  /** Both hosts in one URL, the primary first. */
  readonly url: string;
}

const socketDirOf = ({ url }: EmbeddedPostgres): string =>
  new URL(url).searchParams.get("host") ?? "";

/** The URL that lists the hosts of servers with sockets. */
export const urlOfAll = (...servers: readonly EmbeddedPostgres[]): string =>
  `postgres://tidings@localhost/postgres?host=${servers.map(socketDirOf).join(",")}`;

/** Makes a primary in the folder, copies it while it is stopped, and starts the copy as its standby. */
export async function startPair(dir: string): Promise<Pair> {
  const [first, second] = [join(dir, "primary"), join(dir, "standby")];
  await (await startEmbeddedPostgres(first)).stop();
  cpSync(first, second, { recursive: true });
  chmodSync(second, 0o700);
  const primary = await startEmbeddedPostgres(first);
  writeFileSync(join(second, "standby.signal"), "");
  appendFileSync(
    join(second, "postgresql.auto.conf"),
    `primary_conninfo = 'host=${socketDirOf(primary)} user=tidings application_name=standby'\n`,
  );
  const standby = await startEmbeddedPostgres(second);
  return { primary, standby, url: urlOfAll(primary, standby) };
}
