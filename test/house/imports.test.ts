import { globSync, readFileSync } from "node:fs";
import { dirname, join, matchesGlob, normalize } from "node:path";
import { expect, test } from "vitest";

/**
 * The floors, from the ground up. Each entry is one folder (or one file of a root folder).
 * A file imports from lower floors or from its own folder, types included; inside a folder there is no circle.
 */
const FLOORS: readonly (readonly string[])[] = [
  ["src/domain/vocabulary.ts", "src/domain/guard/rule-ids.ts"],
  ["src/domain/*.ts"],
  ["src/domain/values/*.ts"],
  ["src/domain/template/*.ts"],
  ["src/domain/codes/*.ts", "src/domain/resolve/*.ts", "src/domain/receipts/*.ts"],
  ["src/domain/deliver/*.ts", "src/domain/settle/*.ts"],
  [
    "src/domain/audit/*.ts",
    "src/domain/tree/*.ts",
    "src/domain/dry-run/*.ts",
    "src/domain/guard/*.ts",
    "src/decide/guard/data/*.json",
  ],
  ["src/settings/*.ts"],
  [
    "src/clock.ts",
    "src/config.ts",
    "src/interval-limit.ts",
    "src/log-destination.ts",
    "src/version.ts",
    "src/domain/evidence/*.ts",
    "src/domain/simulate/*.ts",
  ],
  [
    "src/api-key.ts",
    "src/mask-config.ts",
    "src/liveness.ts",
    "src/log.ts",
    "src/seal.ts",
    "src/outcome-events.ts",
    "src/store/postgres/*.ts",
    "src/providers/answer/*.ts",
    "src/providers/mailbox/*.ts",
    "src/decide/resolve/*.ts",
    "src/decide/api/*.ts",
    "src/decide/replies/*.ts",
    "src/decide/tree/*.ts",
    "src/decide/receipts/*.ts",
    "src/decide/guard/time/*.ts",
    "src/decide/guard/policy/*.ts",
    "src/demo/*.ts",
  ],
  ["src/decide/guard/scene/*.ts", "src/decide/consent/*.ts", "src/store/receipts/*.ts"],
  ["src/decide/guard/rules/*.ts"],
  ["src/decide/guard/*.ts"],
  [
    "src/template/language/*.ts",
    "src/decide/receipts/tables/*.ts",
    "src/decide/receipts/bounces/*.ts",
    "src/store/queue/*.ts",
    "src/store/resolve/*.ts",
    "src/store/deliver/*.ts",
    "src/store/replies/*.ts",
    "src/store/templates/*.ts",
    "src/store/api/*.ts",
    "src/store/migrate/*.ts",
    "src/store/rights/*.ts",
    "src/providers/flow/*.ts",
    "src/providers/smtp/*.ts",
    "src/providers/twilio/*.ts",
    "src/providers/ses/*.ts",
  ],
  [
    "src/template/render/*.ts",
    "src/decide/deliver/channels/*.ts",
    "src/store/audit/*.ts",
    "src/store/tree/*.ts",
    "src/store/operate/*.ts",
    "src/store/settle/*.ts",
    "src/store/dry-run/*.ts",
    "src/store/simulate/*.ts",
    "src/store/guard/*.ts",
    "src/providers/sandbox/*.ts",
    "src/http/core/*.ts",
  ],
  [
    "src/template/check/*.ts",
    "src/decide/deliver/*.ts",
    "src/decide/audit/*.ts",
    "src/decide/settle/*.ts",
    "src/decide/evidence/*.ts",
    "src/observe/*.ts",
    "src/http/auth/*.ts",
    "src/http/docs/*.ts",
    "src/http/notification-types/*.ts",
  ],
  ["src/http/providers/*.ts"],
  ["src/guard/*.ts"],
  [
    "src/template/folder/*.ts",
    "src/decide/dry-run/*.ts",
    "src/decide/simulate/*.ts",
    "src/http/interactions/*.ts",
  ],
  ["src/http/content/*.ts", "src/http/opt-out/*.ts"],
  [
    "src/delivery/channel-health.ts",
    "src/delivery/in-flight.ts",
    "src/delivery/load-size.ts",

    "src/delivery/postponed-reports.ts",
  ],
  ["src/http/*.ts", "src/deps.ts", "src/reply-intake.ts", "src/work-loop.ts"],
  ["src/receipt-intake.ts"],
  [
    "src/channels.ts",
    "src/delivery/*.ts",
    "src/http-service.ts",
    "src/policy-watch.ts",
    "src/intake-sweep.ts",
    "src/record/*.ts",
  ],
  ["src/maintenance.ts", "src/observing.ts"],
  ["tasks/*.ts", "src/mail/*.ts"],
  ["src/task-list.ts", "src/resolver.ts", "src/receipts/*.ts"],
  ["src/daemon.ts"],
  ["src/commands/cli/*.ts"],
  [
    "src/commands/audit/*.ts",
    "src/commands/can-interact/*.ts",
    "src/commands/check/*.ts",
    "src/commands/explain/*.ts",
    "src/commands/find/*.ts",
    "src/commands/show/*.ts",
    "src/commands/status/*.ts",
    "src/commands/dry-run/*.ts",
    "src/commands/judge/*.ts",
    "src/commands/rules/*.ts",
    "src/commands/simulate/*.ts",
    "src/commands/receipts/*.ts",
    "src/commands/templates/*.ts",
    "src/commands/verify/*.ts",
    "src/commands/waiting/*.ts",
    "src/commands/evidence/*.ts",
  ],
  ["src/commands/preview/*.ts", "src/commands/demo/*.ts"],
  ["src/commands/*.ts"],
  ["src/main.ts"],
];

/** Imports that the floors allow and the design forbids. */
const WALLS: readonly (readonly [from: string, to: string, why: string])[] = [
  ["src/{store,providers}/**", "src/{decide,template}/**", "what does I/O does not judge"],
  ["src/providers/**", "src/store/**", "a provider does not query"],
  ["src/store/**", "src/providers/**", "the store does not send"],
  ["src/http/**", "src/providers/**", "the REST resources send nothing"],
  ["src/{decide,template}/**", "src/{store,providers,http}/**", "a decision does no I/O"],
  [
    "src/{decide,template}/**",
    "src/{clock,config,log}.ts",
    "a decision gets what it needs as arguments",
  ],
  ["src/template/**", "src/decide/**", "the template language knows nothing of notices"],
  [
    "src/{store,providers,http,decide,template}/**",
    "src/{config,log}.ts",
    "configuration is an argument",
  ],
];

/** The only files that may import a package. */
const HOMES: Readonly<Record<string, string>> = {
  "graphile-worker":
    "{src/store/queue/*.ts,src/store/migrate/migrate.ts,src/task-list.ts,tasks/*.ts}",
  pg: "{src/store/**,src/daemon.ts,src/commands/demo/demo.ts}",
  kysely: "src/store/**",
  "kysely/migration": "src/store/migrate/migrate.ts",
  nodemailer: "src/providers/smtp/*.ts",
  twilio: "src/providers/twilio/*.ts",
  "postal-mime": "src/providers/mailbox/*.ts",
  imapflow: "src/providers/mailbox/imap.ts",
  "smtp-server": "{src/providers/sandbox/mail-sink.ts,src/providers/mailbox/listener.ts}",
  handlebars: "src/template/**",
  "jsonc-parser": "src/template/check/json-document.ts",
  luxon: "src/{decide,template}/**",
  "libphonenumber-js":
    "{src/settings/environment.ts,src/domain/values/phone-number.ts,src/template/language/*.ts}",
  pino: "src/log.ts",
  "prom-client": "{src/observe/*.ts,src/observing.ts}",
  hono: "src/http/**",
  "@hono/node-server": "src/http/**",
  "@hono/zod-openapi": "src/http/**",
  jose: "src/http/auth/*.ts",
  zod: "{src/settings/environment.ts,src/domain/**,src/http/**}",
};

const packageOf = (name: string): string =>
  name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");

const files = globSync(["src/**/*.ts", "tasks/**/*.ts"]).toSorted();
const codeOf = (file: string): string =>
  readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");

const IMPORT =
  /^(?:import|export[^;"=]*\bfrom)\b[^;"=]*"([^"]+)"(?: with \{[^}]*\})?;|\bimport\("([^"]+)"\)/gm;

function importsOf(file: string): string[] {
  return [...codeOf(file).matchAll(IMPORT)].map((found) => found[1] ?? found[2] ?? "");
}

const localImportsOf = (file: string): string[] =>
  importsOf(file)
    .filter((target) => target.startsWith("."))
    .map((target) => normalize(join(dirname(file), target)));

const floorOf = (file: string): number =>
  FLOORS.findIndex((floor) => floor.some((glob) => matchesGlob(file, glob)));
/** Each file at the root of `src` has its own floor. */
const shareFolder = (one: string, other: string): boolean =>
  dirname(one) === dirname(other) && dirname(one) !== "src";

test.each(files)("%s imports only downwards", (file) => {
  expect(floorOf(file), "this file has no floor: add its folder to FLOORS").toBeGreaterThanOrEqual(
    0,
  );
  for (const target of localImportsOf(file)) {
    if (!shareFolder(file, target))
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

test.each(files)("%s imports only packages allowed there", (file) => {
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

test.each(files.filter((file) => /^src\/(domain|decide|template)\//.test(file)))(
  "%s is pure",
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

/** An example is `channel === "text"`, which a new channel would have to find. */
const CHANNEL_COMPARED =
  /\bchannel\w*\s*[!=]==\s*["'](?:email|text)["']|["'](?:email|text)["']\s*[!=]==\s*\w*channel/i;

/** Laws and replies are about a channel by its name. */
const NAMES_CHANNELS = /^src\/decide\/(?:deliver\/channels|guard|replies)\//;

test.each(files.filter((file) => !NAMES_CHANNELS.test(file)))(
  "%s leaves what depends on the channel to the table of channels",
  (file) => {
    expect(
      CHANNEL_COMPARED.exec(codeOf(file))?.[0],
      "add what differs to src/decide/deliver/channels or to FORMS in src/template/language/parts.ts",
    ).toBeUndefined();
  },
);

test("only the command line and its commands read the environment", () => {
  const readers = files.filter((file) => /process\.env/.test(codeOf(file)));
  expect(readers.filter((file) => !file.startsWith("src/commands/"))).toEqual([
    "src/store/postgres/embedded-postgres.ts",
  ]);
});

test("every task file holds the job of its name", () => {
  const jobs = [...codeOf("src/domain/jobs.ts").matchAll(/readonly (\w+): \{/g)].map(
    (found) => `tasks/${found[1]}.ts`,
  );
  // case changes and receipts have separate queues, which the database fills
  const all = [...jobs, "tasks/resolve_case_changes.ts", "tasks/apply_receipts.ts"];
  expect(globSync("tasks/*.ts").toSorted()).toEqual(all.toSorted());
});
