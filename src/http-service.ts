import { systemClock } from "./clock.ts";
import type { Config, HttpConfig } from "./config.ts";
import type { Emit } from "./domain/events.ts";
import { openApp } from "./http/app.ts";
import { openServer } from "./http/server.ts";
import { openDb, openPool } from "./store/postgres/db.ts";
import { openSeal } from "./seal.ts";
import { getOrCreateSecret } from "./store/api/secrets.ts";

interface Serving {
  readonly config: Config;
  readonly http: HttpConfig;
  readonly databaseUrl: string;
  readonly emit: Emit;
}

/** Requests have connections of their own, so that they never take those of the jobs. */
const CONNECTIONS = 10;
const STATEMENT_MS = 15_000;
/** A request that takes longer than this (ms) is ended when the daemon stops. */
const DRAIN_MS = 5_000;

/** Serves the REST resources until `open` is disposed. */
export async function openHttp(
  open: AsyncDisposableStack,
  { config, http, databaseUrl, emit }: Serving,
): Promise<void> {
  const pool = openPool({
    url: databaseUrl,
    actor: "api",
    max: CONNECTIONS,
    onLost: (code) => emit("database.connectionLost", { code }),
    statementMs: STATEMENT_MS,
  });
  open.defer(() => pool.end());
  const db = openDb(pool);
  const app = openApp({
    db,
    clock: systemClock,
    emit,
    seal: openSeal(config.contentKeys),
    signingKey: await getOrCreateSecret(db, "signedPaths"),
    tokens: http.tokens,
    publicUrl: http.publicUrl,
    perSecond: http.perSecond,
  });
  const server = await openServer(app.fetch, http);
  open.defer(() => server.stop(Math.min(config.shutdownMs, DRAIN_MS)));
  emit("http.ready", { port: server.port });
}
