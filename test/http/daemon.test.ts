import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { keys } from "../../src/commands/keys.ts";
import { readConfig } from "../../src/config.ts";
import { maskConfig } from "../../src/mask-config.ts";
import { runOn } from "../commands/run.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { useDatabase } from "../database.ts";
import { openLosingProxy } from "../store/postgres-proxy.ts";

const database = useDatabase();
const root = mkdtempSync(join(tmpdir(), "tidings-http-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const running: DaemonProcess[] = [];
function start(settings: Readonly<Record<string, string>>): DaemonProcess {
  const daemon = spawnDaemon({ DATA_DIR: root, DATABASE_URL: database.url, ...settings });
  running.push(daemon);
  return daemon;
}
afterEach(async () => {
  for (const daemon of running.splice(0)) {
    daemon.child.kill("SIGKILL");
    await daemon.ended;
  }
});

test("the daemon serves while it runs", async () => {
  const daemon = start({ HTTP_PORT: "0" });
  const { port } = await daemon.waitFor("http.opened");
  await daemon.waitFor("daemon.started");
  const { output } = await runOn(database, keys, "create", "curl", "--scopes", "all");
  const [key = ""] = output.split("\n");
  const url = `http://127.0.0.1:${Number(port)}`;
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const listed = await fetch(`${url}/notification-types`, { headers: { "X-API-KEY": key } });
  expect(await listed.json()).toEqual({ count: 0, data: [] });
  daemon.child.kill("SIGTERM");
  expect(await daemon.ended).toBe(0);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow("fetch failed");
});

test("a request whose connection to the database gets no answer does not keep the daemon from stopping", async () => {
  const proxy = await openLosingProxy(database.url, /CS-LOST/);
  const daemon = start({ HTTP_PORT: "0", DATABASE_URL: proxy.url });
  const { port } = await daemon.waitFor("http.opened");
  await daemon.waitFor("daemon.started");
  const { output } = await runOn(database, keys, "create", "impatient", "--scopes", "all");
  const [key = ""] = output.split("\n");
  const caller = new AbortController();
  const asked = fetch(`http://127.0.0.1:${Number(port)}/interactions?caseId=CS-LOST`, {
    headers: { "X-API-KEY": key },
    signal: caller.signal,
  });
  await proxy.isLosing;
  caller.abort();
  await expect(asked).rejects.toThrow("aborted");
  daemon.child.kill("SIGTERM");
  expect(await daemon.ended).toBe(0);
  expect(daemon.lines.at(-1)).toMatchObject({ event: "daemon.stopped" });
  await proxy.close();
});

test("without HTTP_PORT no port is opened", async () => {
  const daemon = start({});
  await daemon.waitFor("daemon.started");
  expect(daemon.lines.map((line) => line.event)).not.toContain("http.opened");
});

test("a port in use ends the start with HTTP_PORT_UNAVAILABLE", async () => {
  const { port } = await start({ HTTP_PORT: "0" }).waitFor("http.opened");
  const second = start({ HTTP_PORT: String(port) });
  expect(await second.ended).toBe(4);
  expect(second.lines.at(-1)).toMatchObject({
    event: "daemon.failed",
    code: "HTTP_PORT_UNAVAILABLE",
  });
});

describe("settings", () => {
  const tokens = {
    OAUTH_JWKS_URL: "https://login.example.com/jwks",
    OAUTH_ISSUER: "https://login.example.com/",
    OAUTH_AUDIENCE: "tidings",
  };

  test("bind to loopback by default", () => {
    expect(readConfig({ HTTP_PORT: "8080" }).http).toEqual({
      host: "127.0.0.1",
      port: 8080,
      publicUrl: undefined,
      perSecond: 50,
      tokens: undefined,
    });
    expect(readConfig({ HTTP_PORT: "8080", HTTP_HOST: "0.0.0.0" }).http?.host).toBe("0.0.0.0");
    expect(readConfig(tokens).http).toBeUndefined();
  });

  test.each(Object.keys(tokens))("%s alone is an error that names the missing settings", (name) => {
    const given = { HTTP_PORT: "8080", [name]: "https://login.example.com/jwks" };
    const missing = Object.keys(tokens).filter((other) => other !== name);
    expect(() => readConfig(given)).toThrow(missing.map((one) => `${one} is missing`).join("; "));
  });

  test.each([
    "http://login.example.com/jwks",
    "http://localhost:1@login.example.com/",
    "ftp://login.example.com",
    "x",
  ])("keys are not fetched from %s", (url) => {
    expect(() => readConfig({ ...tokens, OAUTH_JWKS_URL: url })).toThrow("OAUTH_JWKS_URL");
  });

  test("are shown, because none of them is a secret", () => {
    const shown = maskConfig(readConfig({ HTTP_PORT: "8080", ...tokens }));
    expect(shown).toMatchObject({ http: { port: 8080, tokens: { audience: "tidings" } } });
  });
});
