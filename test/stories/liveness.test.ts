import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { health } from "../../src/commands/health.ts";
import { spawnDaemon } from "../daemon-process.ts";

const root = mkdtempSync(join(tmpdir(), "tidings-liveness-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const file = join(root, `alive-${hostname()}`);

async function isHealthy(): Promise<boolean> {
  vi.stubEnv("DATA_DIR", root);
  try {
    return (await health.run([], () => {})) === 0;
  } finally {
    vi.unstubAllEnvs();
  }
}

/** Runs the health check of the Dockerfile. */
function isHealthyToDocker(): Promise<boolean> {
  const dockerfile = readFileSync(new URL("../../Dockerfile", import.meta.url), "utf8");
  const check = /^HEALTHCHECK .* CMD (.+)$/m.exec(dockerfile)?.[1] ?? "exit 9";
  const { promise, resolve } = Promise.withResolvers<boolean>();
  execFile("sh", ["-c", check], { env: { PATH: process.env["PATH"], DATA_DIR: root } }, (error) =>
    resolve(error === null),
  );
  return promise;
}

const look = async (): Promise<readonly boolean[]> => [
  await isHealthy(),
  await isHealthyToDocker(),
];

/** As if the daemon had not shown itself for eleven seconds. */
const ageSign = (): void => utimesSync(file, new Date(), new Date(Date.now() - 11_000));

test("a daemon is healthy while it waits for its database, and not when it hangs or has ended", async () => {
  expect(await look()).toEqual([false, false]);
  const daemon = spawnDaemon({
    DATA_DIR: root,
    DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing",
  });
  await daemon.waitFor("database.lost");
  await expect.poll(look).toEqual([true, true]);

  daemon.child.kill("SIGSTOP");
  ageSign();
  expect(await look()).toEqual([false, false]);
  daemon.child.kill("SIGCONT");
  await expect.poll(look).toEqual([true, true]);

  daemon.child.kill("SIGTERM");
  expect(await daemon.ended).toBe(0);
  expect(await look()).toEqual([false, false]);
});
