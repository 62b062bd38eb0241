import { type Config, withinOf } from "../../config.ts";
import { createCalendars } from "../../decide/resolve/calendars.ts";
import {
  forecastChange,
  type ForecastChange,
  type ForecastInputs,
} from "../../decide/dry-run/forecast.ts";
import { findUnknown, readLines, type LineFault } from "../../decide/dry-run/read-lines.ts";
import { takeIn } from "../../decide/dry-run/simulate-intake.ts";
import type { Arrival } from "../../domain/dry-run/arrival.ts";
import type { InteractionId } from "../../domain/ids.ts";
import {
  loadArrivals,
  loadOnRecord,
  type Selected,
  type Selection,
} from "../../store/dry-run/arrivals.ts";
import { loadCalendars } from "../../store/resolve/calendars.ts";
import type { Db } from "../../store/postgres/db.ts";
import { loadNeighbors, loadReferences } from "../../store/dry-run/file-lines.ts";
import { loadActiveVersions } from "../../store/resolve/active-types.ts";
import { loadDryRunFacts } from "../../store/dry-run/facts.ts";
import { createTemplateCache } from "../../store/deliver/template-cache.ts";
import { notFound, wrongArguments } from "../cli/arguments.ts";

/** The source of the case changes of a dry run. */
export type Source =
  | Selection
  | { readonly kind: "file"; readonly path: string; readonly text: string };

/** The result of a dry run. */
export interface DryRun {
  readonly changes: readonly ForecastChange[];
  /** The number of changes without the limit. */
  readonly total: number;
  /** Interactions that changes in the table have already caused, by `changeId:typeId`. */
  readonly onRecord: ReadonlyMap<string, InteractionId>;
  readonly now: Date;
  /** The lender's IANA time zone. */
  readonly zone: string;
}

interface Bounds {
  readonly limit: number;
  readonly now: Date;
}

/** Forecasts the notices of the first `limit` changes of a source. Throws ARGUMENTS_INVALID that names every invalid line. */
export async function runDryRun(
  db: Db,
  config: Config,
  source: Source,
  bounds: Bounds,
): Promise<DryRun> {
  const { arrivals, total } =
    source.kind === "file"
      ? await arriveFromFile(db, source, bounds)
      : await arriveFromTable(db, source, bounds);
  const inputs = await loadInputs(db, config, arrivals, bounds.now);
  const arrived = source.kind === "file" ? [] : arrivals.map(({ change }) => change.id);
  return {
    changes: arrivals.map((arrival) => forecastChange(arrival, inputs)),
    total,
    onRecord: await loadOnRecord(db, arrived),
    now: bounds.now,
    zone: config.lender.timeZone,
  };
}

/** All changes that are requested by id must exist; the limit does not apply to them. */
async function arriveFromTable(db: Db, selection: Selection, { limit }: Bounds): Promise<Selected> {
  if (selection.kind === "since") return await loadArrivals(db, selection, limit);
  const selected = await loadArrivals(db, selection, selection.ids.length);
  const found = new Set(selected.arrivals.map(({ change }) => change.id));
  const missing = selection.ids.filter((id) => !found.has(id));
  if (missing.length > 0) throw notFound(`there is no case change ${missing.join(", ")}`);
  return selected;
}

async function arriveFromFile(
  db: Db,
  { path, text }: { readonly path: string; readonly text: string },
  { limit, now }: Bounds,
): Promise<Selected> {
  const { lines, faults } = readLines(text);
  const references = await loadReferences(db, lines);
  refuse(path, [...faults, ...findUnknown(lines, references)]);
  const asked = lines.slice(0, limit);
  const around = await loadNeighbors(db, asked, now);
  const known = { around, externalIds: references.externalIds };
  return { arrivals: takeIn(asked, known, now), total: lines.length };
}

function refuse(path: string, faults: readonly LineFault[]): void {
  if (faults.length === 0) return;
  const list = faults
    .toSorted((one, other) => one.line - other.line)
    .map(({ line, message }) => `  line ${line}: ${message}`);
  throw wrongArguments(`${path} is not valid, and nothing was judged:\n${list.join("\n")}`);
}

async function loadInputs(
  db: Db,
  config: Config,
  arrivals: readonly Arrival[],
  now: Date,
): Promise<ForecastInputs> {
  const { lender, senders, recipientsAllowed, contentKeys, publicUrl } = config;
  const changes = arrivals.map(({ change }) => change);
  const versions = await loadActiveVersions(db, [
    ...new Set(changes.map((change) => change.caseTypeId)),
  ]);
  const pinned = [...versions.values()]
    .flat()
    .flatMap(({ templates }) =>
      templates.map(({ id, version }) => ({ templateId: id, templateVersion: version })),
    );
  return {
    planning: {
      zone: lender.timeZone,
      languages: lender.languages,
      calendars: createCalendars(await loadCalendars(db)),
      withinMs: withinOf(config),
    },
    sendContext: {
      lender,
      senders,
      // its links are never sent, so they are signed with no key of the installation
      links: publicUrl === undefined ? null : { publicUrl, keys: [Buffer.alloc(32)] },
      linkKeys: [],
      recipientsAllowed,
      canSeal: contentKeys.length > 0,
      now,
    },
    dryRunFacts: await loadDryRunFacts(db, changes),
    activeTypes: (caseTypeId) => versions.get(caseTypeId) ?? [],
    findTemplate: await createTemplateCache(db)(pinned),
  };
}
