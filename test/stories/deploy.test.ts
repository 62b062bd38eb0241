import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { makeClone } from "../clone.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { freePort, pathWithPsql, startOwnPostgres, type OwnPostgres } from "../own-postgres.ts";
import { blocksOf, statementsOf } from "../page-blocks.ts";
import { openMailPeer, type MailPeer } from "../providers/mail-peer.ts";
import { openShell, type Shell } from "../shell.ts";

// There is no Docker and no cluster here: the settings and commands of the files are run by processes of this machine,
// with paths and hosts of a container replaced by those of the test.
const dir = mkdtempSync(join(tmpdir(), "tidings-deploy-"));
const clone = join(dir, "clone");
const PAGE = blocksOf("docs/deploy.md", "sh").map((block) => block.text);
let shell: Shell;
let postgres: OwnPostgres;
let mail: MailPeer;
const daemons: DaemonProcess[] = [];

beforeAll(async () => {
  makeClone(clone);
  shell = openShell(clone, { PATH: pathWithPsql(dir), HOME: dir });
  await shell.run(PAGE[0] ?? "");
  mail = await openMailPeer({ disabledCommands: ["AUTH", "STARTTLS"] });
  postgres = await startOwnPostgres(dir, password());
});
afterAll(async () => {
  for (const { child, ended } of daemons) {
    child.kill("SIGTERM");
    await ended;
  }
  await shell.end();
  await mail.close();
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
});

const inSecrets = (name: string): string => join(clone, ".tidings/secrets", name);

const password = (): string => readFileSync(inSecrets("postgres-password"), "utf8").trim();

type Settings = Readonly<Record<string, string>>;

/** Starts a daemon with the settings, on a free port, and waits until it is ready. */
async function start(settings: Settings): Promise<Settings> {
  const port = await freePort();
  const own = { ...settings, DATA_DIR: join(dir, `data-${port}`), HTTP_PORT: String(port) };
  daemons.push(spawnDaemon(own));
  const answer = async (path: string): Promise<number> =>
    fetch(`http://localhost:${port}${path}`).then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(() => answer("/readyz")).toBe(200);
  expect(await answer("/healthz")).toBe(200);
  return own;
}

async function runSql(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

const exported = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join("");

interface Compose {
  readonly services: {
    readonly tidings: { readonly environment: Readonly<Record<string, string | number>> };
  };
}

const mapValues = <Value>(
  given: Readonly<Record<string, Value>>,
  change: (value: Value) => string,
): Settings =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, change(value)]));

describe("compose.yaml", () => {
  test("starts a daemon whose emails reach the inbox, by the steps of docs/deploy.md", async () => {
    await runSql(postgres.urlOf("postgres", password(), "postgres"), ["create database lender"]);
    const url = readFileSync(inSecrets("database-url"), "utf8").trim();
    expect(url).toBe(`postgres://postgres:${password()}@postgres:5432/lender`);
    const ours = postgres.urlOf("postgres", password(), "lender");
    writeFileSync(inSecrets("database-url"), `${ours}\n`);
    const compose = parse(readFileSync("compose.yaml", "utf8")) as Compose;
    const place = (value: string | number): string =>
      String(value)
        .replace(/^\/run\/secrets\//u, `${clone}/.tidings/secrets/`)
        .replace("//mail:1025", `//localhost:${mail.port}`);
    const settings = await start(mapValues(compose.services.tidings.environment, place));

    const inContainer = (PAGE[1] ?? "")
      .replace(/^docker compose up.*$/mu, "")
      .replaceAll("docker compose exec tidings tidings", "npm run --silent tidings --")
      .replace("docker compose exec -T postgres psql -U postgres lender", `psql "${ours}"`);
    expect(inContainer).not.toContain("docker");
    await shell.run(exported(settings) + inContainer);
    await expect.poll(() => mail.received.map(String)).toHaveLength(1);
    expect(String(mail.received[0])).toMatch(/^To: .*ana@example\.com/mu);
  });
});

interface Container {
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}
interface Manifest {
  readonly kind: string;
  readonly data: Settings;
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly initContainers: readonly [Container];
        readonly containers: readonly [Container];
      };
    };
  };
}

function manifest(file: string, kind: string): Manifest {
  const documents = parseAllDocuments(readFileSync(`deploy/kubernetes/${file}`, "utf8"));
  const found = documents.map((one) => one.toJS() as Manifest).find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} in ${file}`);
  return found;
}

describe("the manifests of Kubernetes", () => {
  test("migrate and grant as the owner, then start a daemon with its own role", async () => {
    const admin = postgres.urlOf("postgres", password(), "postgres");
    const [roles] = blocksOf("docs/first-notice.md", "sql");
    const statements = statementsOf(roles?.text ?? "");
    await runSql(admin, ["drop database if exists lender with (force)", ...statements]);
    const secrets = join(dir, "run/secrets");
    for (const [folder, name, value] of [
      ["tidings-owner", "database-url", postgres.urlOf("tidings_owner", "owner-secret", "lender")],
      ["tidings", "database-url", postgres.urlOf("tidings_daemon", "daemon-secret", "lender")],
      ["tidings", "smtp-url", "smtps://user:password@smtp.lender.example:465"],
      ["tidings", "twilio-auth-token", "secret"],
      ["tidings", "content-key", readFileSync(inSecrets("content-key"), "utf8")],
    ] as const) {
      mkdirSync(join(secrets, folder), { recursive: true });
      writeFileSync(join(secrets, folder, name), `${value.trim()}\n`);
    }
    mkdirSync(join(dir, "sql"));
    const place = (text: string): string =>
      text.replaceAll("/run/secrets", secrets).replaceAll("/sql/", `${dir}/sql/`);
    const settingsOf = ({ env = [] }: Container): Settings =>
      Object.fromEntries(env.map(({ name, value }) => [name, place(value)]));

    const job = manifest("migrate.yaml", "Job").spec.template.spec;
    const owner = openShell(clone, { PATH: await shell.run("printf '%s' \"$PATH\""), HOME: dir });
    for (const container of [...job.initContainers, ...job.containers])
      await owner.run(exported(settingsOf(container)) + place(container.args.join("\n")));
    await owner.end();

    const [container] = manifest("tidings.yaml", "Deployment").spec.template.spec.containers;
    await start({ ...manifest("settings.yaml", "ConfigMap").data, ...settingsOf(container) });
    const [log] = daemons.at(-1)?.lines ?? [];
    expect(log).toMatchObject({ config: { delivery: "sandbox", contentKeys: "1 keys" } });
  });
});
