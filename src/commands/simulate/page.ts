import { type Compared, FATES, type FateByRule } from "../../domain/simulate/replay.ts";
import type { Period } from "../../store/simulate/replayed.ts";
import { aligned, counted, wrapped } from "../cli/layout.ts";
import type { ShowMoment } from "../cli/moment.ts";
import type { Simulation } from "./run.ts";

/** A simulation with its period, to be shown. */
export interface ShownSimulation extends Simulation {
  readonly period: Period;
  readonly showMoment: ShowMoment;
}

/** Writes the comparison as one JSON document. Messages are named by their ids. */
export function simulationJson(shown: ShownSimulation): string {
  const { period, changes, erased, messages, same, minutes, fates, rules, differences } = shown;
  return JSON.stringify({
    from: period.from,
    to: period.to,
    changes,
    fieldsErased: erased,
    messages,
    same,
    factsLaterByMinutes: minutes,
    fates,
    rules: [...rules.values()],
    differences: differences.map(({ done, would, count, examples }) => ({
      done,
      would,
      count,
      examples: examples.map(exampleJson),
    })),
  });
}

const exampleJson = ({ replayed, would }: Compared): object => ({
  interactionId: replayed.interactionId,
  caseChangeId: replayed.caseChangeId,
  channel: replayed.channel,
  at: replayed.at,
  long: would.long,
});

/** Writes the comparison as a page: counts, rules, and the first differences of each kind. */
export function simulationPage(shown: ShownSimulation): string {
  const { period, showMoment, changes, erased, messages, same, minutes, differences } = shown;
  const precision =
    minutes === 0
      ? "Each message was judged on the facts known when it was due."
      : `Facts that have no date are those known up to ${minutes} min after a message was due.`;
  return [
    `${showMoment(period.from)} to ${showMoment(period.to)}: ${counted(changes, "case change")}, ${counted(messages, "message")}, ${same} as it was done`,
    precision,
    ...(erased === 0
      ? []
      : [
          `The fields of ${counted(erased, "case change")} are erased. Such a change is not matched again, and the guard does not see its fields.`,
        ]),
    "",
    ...fateTable(shown),
    ...ruleTable(shown),
    ...differences.flatMap((one) => [
      "",
      `${one.count}: ${inWords(one.done)}, would be ${inWords(one.would)}`,
      ...one.examples.flatMap((example) => exampleLines(example, showMoment)),
    ]),
  ].join("\n");
}

function fateTable({ fates }: ShownSimulation): string[] {
  const rows = FATES.filter((fate) => fates[fate] !== undefined).map((fate) => [
    wordsOf(fate),
    String(fates[fate]?.done ?? 0),
    String(fates[fate]?.would ?? 0),
  ]);
  return aligned([["", "done", "would be"], ...rows]);
}

function ruleTable({ rules }: ShownSimulation): string[] {
  if (rules.size === 0) return [];
  const rows = [...rules.values()]
    .toSorted((one, other) => other.would - one.would || other.done - one.done)
    .map(({ fate, ruleId, done, would }) => [
      ruleId ?? "",
      wordsOf(fate),
      String(done),
      String(would),
    ]);
  return ["", ...aligned([["rule", "", "done", "would be"], ...rows])];
}

const wordsOf = (fate: FateByRule["fate"]): string =>
  fate === "notPlanned" ? "not planned" : fate;
const inWords = ({ fate, ruleId }: FateByRule): string =>
  ruleId === null ? wordsOf(fate) : `${wordsOf(fate)} (${ruleId})`;

function exampleLines({ replayed, would }: Compared, showMoment: ShowMoment): string[] {
  const { interactionId, caseChangeId, channel, at } = replayed;
  const name =
    interactionId === null ? `change ${caseChangeId ?? ""}` : `interaction ${interactionId}`;
  const line = `${name}, ${channel}, ${showMoment(at)}${would.long === null ? "" : `: ${would.long}`}`;
  return wrapped(line, "  ");
}
