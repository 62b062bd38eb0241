import { globSync, readFileSync } from "node:fs";
import { Registry } from "prom-client";
import { beforeAll, describe, expect, test } from "vitest";
import { type EmittedEvent, EVENTS } from "../../src/domain/events.ts";
import { createMetrics } from "../../src/observe/metrics.ts";
import { ALERTS } from "./alerts.ts";
import { parseExposition, type Scrape } from "./exposition.ts";
import { selectorsOf } from "./promql.ts";

const read = (path: string): string => readFileSync(path, "utf8");
const RUNBOOK = read("docs/runbook.md");

const NO_WORK = {
  due: 1,
  oldestDueSeconds: 1,
  inProgress: 1,
  unknownOutcomes: 1,
  heldForPerson: 1,
};

/** Every metric, with every label. */
async function scrapeAll(): Promise<Scrape> {
  const metrics = createMetrics({
    registry: new Registry(),
    version: "1.2.3",
    readConditions: () => ({ email: "works" }),
    readWork: async () => ({
      roundTripMs: 1,
      work: {
        channels: { email: NO_WORK },
        unresolvedChanges: 0,
        oldestUnresolvedSeconds: 0,
        receiptsWaiting: 0,
        oldestReceiptSeconds: 0,
        openOddities: 0,
        unreadReplies: 0,
        oldestReplySeconds: 0,
        undeliveredNotices: 0,
        jobsDue: 0,
        jobsRunning: 0,
        jobsGivenUp: 0,
        heldNotices: 0,
        oldestHeldSeconds: 0,
        heldNearDeadline: 0,
        openPauses: 0,
        oldestPauseSeconds: 0,
        pausedChannels: [],
        workers: 1,
      },
    }),
  });
  const fields = { channel: "email", statusDetails: "emailSent", durationMs: 1, dueToSentMs: 1 };
  const request = { method: "GET", route: "/", status: 200, durationMs: 1 };
  for (const event of ["interaction.accepted", "caseChanges.resolved", "http.answered"] as const)
    metrics.listen({
      event,
      fields: { ...fields, ...request, caseChanges: 1, longestWaitMs: 1 },
    } as unknown as EmittedEvent);
  return parseExposition((await metrics.render()).text);
}

let scrape: Scrape;
beforeAll(async () => void (scrape = await scrapeAll()));

/** The labels of a metric; undefined if there is no such metric. */
function labelsOf(metric: string): ReadonlySet<string> | undefined {
  const samples = scrape.samples.filter(({ name }) => name === metric);
  return samples.length === 0
    ? undefined
    : new Set(samples.flatMap(({ labels }) => Object.keys(labels)));
}

describe.each(ALERTS)("the alert $alert", ({ alert, expr, annotations }) => {
  test("reads metrics and labels that exist", () => {
    for (const { metric, labels, groupedBy } of selectorsOf(expr)) {
      const known = labelsOf(metric);
      expect(known, metric).toBeDefined();
      expect([...Object.keys(labels), ...groupedBy].filter((name) => !known?.has(name))).toEqual(
        [],
      );
    }
  });

  test("has a section in the runbook, which says what it means, what to look at and what to do", () => {
    expect(annotations.runbook_url).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    const [, section = ""] = RUNBOOK.split(`\n## ${alert}\n`);
    const [own = ""] = section.split("\n## ");
    for (const part of ["**It means:**", "**Look at:**", "**Do:**"]) expect(own).toContain(part);
  });
});

test("the runbook has no section without an alert", () => {
  const sections = [...RUNBOOK.matchAll(/^## (\w+)$/gmu)].map(([, name]) => name);
  expect(sections).toEqual(ALERTS.map(({ alert }) => alert));
});

const COMMANDS = new Set(
  globSync("src/commands/**/*.ts").flatMap((file) =>
    [...read(file).matchAll(/^ {2,4}name: "([a-z-]+)"/gmu)].map(([, name = ""]) => name),
  ),
);
const PAGES = ["docs/runbook.md", "docs/observability.md"];

test.each(PAGES)("%s names commands, events and metrics that exist", (page) => {
  const text = read(page);
  const commands = [...text.matchAll(/`tidings ([a-z-]+)/gu)].map(([, name = ""]) => name);
  expect(commands.filter((name) => !COMMANDS.has(name))).toEqual([]);
  const nouns = new Set(Object.keys(EVENTS).map((name) => name.split(".")[0]));
  const events = [...text.matchAll(/\b([a-zA-Z]+\.[a-z][a-zA-Z]+)\b/gu)]
    .map(([, name = ""]) => name)
    // a page such as policy.md is no event
    .filter((name) => nouns.has(name.split(".")[0]) && !name.endsWith(".md"));
  expect(events.filter((name) => !(name in EVENTS))).toEqual([]);
  const metrics = [...text.matchAll(/\btidings_[a-z_]+/gu)].map(([name]) => name);
  expect(metrics.filter((name) => !isMetric(name))).toEqual([]);
});

/** A metric, or the family of a histogram. The schemas of the database have names of the same form. */
const isMetric = (name: string): boolean =>
  labelsOf(name) !== undefined || scrape.types.has(name) || name === "tidings_queue";

test("docs/observability.md lists every metric", () => {
  const page = read("docs/observability.md");
  for (const name of scrape.types.keys()) expect(page).toContain(`\`${name}\``);
});

test("the dashboard reads metrics and labels that exist, and every alert's metric is on it", () => {
  const dashboard = JSON.parse(read("deploy/grafana/tidings.json")) as {
    readonly panels: readonly {
      readonly title: string;
      readonly targets?: readonly { readonly expr: string }[];
    }[];
  };
  const expressions = dashboard.panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr),
  );
  const metrics = expressions.flatMap((expr) => expr.match(/\btidings_[a-z_]+/gu) ?? []);
  expect(metrics.filter((name) => labelsOf(name) === undefined)).toEqual([]);
  for (const expr of expressions) {
    const known = new Set(
      (expr.match(/\btidings_[a-z_]+/gu) ?? []).flatMap((name) => [...(labelsOf(name) ?? [])]),
    );
    const grouped = [...expr.matchAll(/by \(([^)]*)\)/gu)].flatMap(([, names = ""]) =>
      names.split(", "),
    );
    const chosen = [...expr.matchAll(/([a-z_]+)="/gu)].map(([, name = ""]) => name);
    expect(
      [...grouped, ...chosen].filter((name) => !known.has(name) && name !== "instance"),
    ).toEqual([]);
  }
  const shown = new Set(metrics);
  const alerted = ALERTS.flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric));
  expect(alerted.filter((name) => !shown.has(name))).toEqual([]);
});

test("no rule or dashboard is left out of these tests", () => {
  expect(globSync("deploy/{prometheus,grafana}/*").toSorted()).toEqual([
    "deploy/grafana/tidings.json",
    "deploy/prometheus/alerts.yaml",
  ]);
});
