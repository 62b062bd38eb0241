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

/** Connections of the callers' own: however much they ask, the jobs keep theirs. */
const CONNECTIONS = 10;
const STATEMENT_MS = 15_000;
/** A request that takes longer than this is cut off when the daemon stops. */
const DRAIN_MS = 5_000;

/** Serves the REST resources until `open` is disposed of. */
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
