import { globSync, readFileSync } from "node:fs";
import { dirname, join, matchesGlob, normalize } from "node:path";
import { expect, test } from "vitest";

/** From the ground up. A file imports only from floors below its own, types included, so no chain of imports returns to where it began. */
const FLOORS: readonly (readonly string[])[] = [
  ["src/domain/vocabulary.ts"],
  ["src/domain/*.ts"],
  ["src/clock.ts", "src/config.ts"],
  ["src/log.ts", "src/decide/*.ts", "src/providers/*.ts", "src/store/*.ts"],
  ["src/deps.ts", "src/demo/*.ts", "src/http/*.ts"],
  ["src/carriers.ts", "src/say-outcome.ts", "src/serve.ts", "src/watch.ts"],
  ["tasks/*.ts"],
  ["src/task-list.ts"],
  ["src/daemon.ts"],
  ["src/commands/*.ts"],
  ["src/main.ts"],
];

/** Folders whose files may lean on one another; they must not do so in a circle. */
const TOGETHER = new Set([
  "src/domain",
  "src/decide",
  "src/providers",
  "src/store",
  "src/http",
  "src/commands",
]);

/** What the floors alone would allow. */
const WALLS: readonly (readonly [from: string, to: string, why: string])[] = [
  ["src/{store,providers}/*.ts", "src/decide/*.ts", "what touches the world does not judge"],
  ["src/providers/*.ts", "src/store/*.ts", "a provider does not query"],
  ["src/store/*.ts", "src/providers/*.ts", "the store does not send"],
  ["src/http/*.ts", "src/providers/*.ts", "the REST resources send nothing"],
  ["src/decide/*.ts", "src/{store,providers,http}/*.ts", "a decision does not touch the world"],
  ["src/decide/*.ts", "src/{clock,config,log}.ts", "a decision is told what it needs"],
  ["src/{store,providers,http,decide}/*.ts", "src/{config,log}.ts", "configuration is handed down"],
];

/** Every package has a home. */
const HOMES: Readonly<Record<string, string>> = {
  "graphile-worker": "{src/store/*.ts,src/task-list.ts,tasks/*.ts}",
  pg: "{src/store/*.ts,src/daemon.ts,src/commands/demo.ts}",
  kysely: "src/store/*.ts",
  "kysely/migration": "src/store/migrate.ts",
  nodemailer: "src/providers/*.ts",
  twilio: "src/providers/*.ts",
  "smtp-server": "src/providers/sandbox-mail.ts",
  handlebars: "src/decide/*.ts",
  luxon: "src/decide/*.ts",
  "libphonenumber-js": "{src/config.ts,src/decide/*.ts}",
  pino: "src/log.ts",
  hono: "src/http/*.ts",
  "@hono/node-server": "src/http/*.ts",
  "@hono/zod-openapi": "src/http/*.ts",
  jose: "src/http/*.ts",
  zod: "{src/config.ts,src/domain/*.ts,src/http/*.ts}",
};

const packageOf = (name: string): string =>
  name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");

const files = globSync(["src/**/*.ts", "tasks/**/*.ts"]).toSorted();
const codeOf = (file: string): string =>
  readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");

const IMPORT = /^(?:import|export[^;"=]*\bfrom)\b[^;"=]*"([^"]+)";|\bimport\("([^"]+)"\)/gm;

function importsOf(file: string): string[] {
  return [...codeOf(file).matchAll(IMPORT)].map((found) => found[1] ?? found[2] ?? "");
}

const localImportsOf = (file: string): string[] =>
  importsOf(file)
    .filter((target) => target.startsWith("."))
    .map((target) => normalize(join(dirname(file), target)));

const floorOf = (file: string): number =>
  FLOORS.findIndex((floor) => floor.some((glob) => matchesGlob(file, glob)));
const areTogether = (one: string, other: string): boolean =>
  dirname(one) === dirname(other) && TOGETHER.has(dirname(one));

test.each(files)("%s imports only downwards", (file) => {
  expect(floorOf(file), "a file without a floor: say where it belongs").toBeGreaterThanOrEqual(0);
  for (const target of localImportsOf(file)) {
    if (!areTogether(file, target))
      expect(floorOf(target), `${file} -> ${target} goes up or sideways`).toBeLessThan(
        floorOf(file),
      );
    for (const [from, to, why] of WALLS)
      expect(
        matchesGlob(file, from) && matchesGlob(target, to),
        `${file} -> ${target}: ${why}`,
      ).toBe(false);
  }
});

test.each(files)("%s uses only packages that are at home there", (file) => {
  for (const name of importsOf(file).filter(
    (target) => !target.startsWith(".") && !target.startsWith("node:"),
  )) {
    const home = HOMES[name.split("/lib/")[0] ?? name] ?? HOMES[packageOf(name)] ?? "no file";
    expect(matchesGlob(file, home), `${file} -> ${name}: its home is ${home}`).toBe(true);
  }
});

test("no circle of imports, types included", () => {
  const circles: string[] = [];
  const settled = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
    if (path.includes(file) || settled.has(file)) return;
    for (const target of localImportsOf(file)) walk(target, [...path, file]);
    settled.add(file);
  };
  for (const file of files) walk(file, []);
  expect(circles).toEqual([]);
});

const IMPURE =
  /\basync\b|\bawait\b|\bPromise\b|\bprocess\.|\bfetch\(|\bsetTimeout\b|Date\.now|new Date\(\)|DateTime\.(?:now|utc\(\)|local\(\))|Math\.random/;

test.each(files.filter((file) => /^src\/(domain|decide)\//.test(file)))(
  "%s decides without doing",
  (file) => {
    expect(IMPURE.exec(codeOf(file))?.[0]).toBeUndefined();
  },
);

test.each(files.filter((file) => !file.startsWith("src/store/")))("%s holds no SQL", (file) => {
  expect(
    /\bsql`|\.query\(\s*["'`]|\b(?:insert into|select \w+ from|delete from|update tidings)\b/i.exec(
      codeOf(file),
    )?.[0],
  ).toBeUndefined();
});

test("only the command line and its commands read the environment", () => {
  const readers = files.filter((file) => /process\.env/.test(codeOf(file)));
  expect(readers.filter((file) => !file.startsWith("src/commands/"))).toEqual([
    "src/store/embedded-postgres.ts",
  ]);
});

test("every task file holds the job of its name", () => {
  const jobs = [...codeOf("src/domain/jobs.ts").matchAll(/readonly (\w+): \{/g)].map(
    (found) => `tasks/${found[1]}.ts`,
  );
  expect(globSync("tasks/*.ts").toSorted()).toEqual(jobs.toSorted());
});
