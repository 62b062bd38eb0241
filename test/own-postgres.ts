import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { delimiter, dirname, join, resolve } from "node:path";
import { Client } from "pg";
import { startEmbeddedPostgres } from "../src/store/postgres/embedded-postgres.ts";
import { loadBinaries } from "./postgres/binaries.ts";

/** A server as a lender has one: on a port of localhost, with a superuser `postgres`, and passwords required. */
export interface OwnPostgres {
  readonly port: number;
  /** The URL of a database for a role and its password. */
  urlOf(role: string, password: string, database: string): string;
  stop(): Promise<void>;
}

/** Starts a server in the folder. Roles belong to a whole server, so tests that create known roles need their own one. */
export async function startOwnPostgres(dir: string, password: string): Promise<OwnPostgres> {
  const port = await freePort();
  const data = join(dir, "postgres");
  const settings = ["fsync=off", "listen_addresses=localhost", `port=${port}`];
  const started = await startEmbeddedPostgres(
    data,
    settings.flatMap((setting) => ["-c", setting]),
    await loadBinaries(process.env["TEST_POSTGRES"]),
  );
  const hba = join(data, "pg_hba.conf");
  writeFileSync(hba, readFileSync(hba, "utf8").replaceAll(/^(host.*)trust$/gmu, "$1scram-sha-256"));
  const admin = new Client({ connectionString: `${started.url}&port=${port}` });
  await admin.connect();
  await admin.query("select pg_reload_conf()");
  await admin.query(`create role postgres superuser login password '${password}'`);
  await admin.end();
  return {
    port,
    urlOf: (role, secret, database) => `postgres://${role}:${secret}@localhost:${port}/${database}`,
    stop: () => started.stop(),
  };
}

/** A port on which nothing listens now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "localhost");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Returns a PATH with this Node, and with a psql in `dir`, because a machine for tests may lack one. */
export function pathWithPsql(dir: string): string {
  const bin = join(dir, "bin");
  mkdirSync(bin);
  const psql = `#!/bin/sh\nexec "${process.execPath}" "${resolve("test/psql.ts")}" "$@"\n`;
  writeFileSync(join(bin, "psql"), psql, { mode: 0o755 });
  return [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter);
}
