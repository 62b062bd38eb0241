import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** A rule of deploy/prometheus/alerts.yaml. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

const { groups } = parse(readFileSync("deploy/prometheus/alerts.yaml", "utf8")) as {
  readonly groups: readonly { readonly rules: readonly Alert[] }[];
};

export const ALERTS: readonly Alert[] = groups.flatMap(({ rules }) => rules);
