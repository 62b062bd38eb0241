import type { FoundInteraction } from "../../store/operate/find-interactions.ts";
import { aligned, counted, page } from "../cli/layout.ts";
import type { ShowMoment } from "../cli/moment.ts";

/** The interactions of a list, and whether there are more. */
export interface FoundList {
  readonly rows: readonly FoundInteraction[];
  readonly more: boolean;
}

const HEAD = ["id", "stored", "due", "channel", "type", "case", "borrower", "status", "why"];

/** The list as a table for people. */
export function foundPage({ rows, more }: FoundList, show: ShowMoment): string {
  if (rows.length === 0) return "No interaction matches.";
  const end = more
    ? `The newest ${counted(rows.length, "interaction")}; there are more. --limit N lists more of them.`
    : `${counted(rows.length, "interaction")}. \`tidings explain ID\` explains one.`;
  return page([...aligned([HEAD, ...rows.map((row) => cellsOf(row, show))]), "", end]);
}

function cellsOf(row: FoundInteraction, show: ShowMoment): string[] {
  const { notificationTypeId: type, notificationTypeVersion: version } = row;
  return [
    row.id,
    show(row.createdAt),
    row.dueAt === null ? "-" : show(row.dueAt),
    row.channel,
    type === null ? row.origin : `${type}@${version}`,
    row.caseId ?? "-",
    row.borrowerId ?? "-",
    [row.status, row.statusDetails].filter((word) => word !== null).join(" "),
    row.why ?? "",
  ];
}

/** The list as one JSON document. Moments are in UTC. */
export const foundJson = ({ rows, more }: FoundList): string =>
  JSON.stringify({ interactions: rows, more }, null, 2);
