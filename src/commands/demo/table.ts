import type { OverviewRow } from "../../store/operate/overview.ts";

const COLUMNS: readonly (readonly [string, (outcome: OverviewRow) => string])[] = [
  ["case change", (one) => one.caseChange],
  ["id", (one) => one.interactionId ?? ""],
  ["notification type", (one) => one.notificationType ?? "nothing fires"],
  ["channel", (one) => one.channel ?? ""],
  ["contact", (one) => one.contactId ?? ""],
  ["status", (one) => one.status ?? ""],
  ["details", (one) => one.statusDetails ?? one.why ?? ""],
  ["when", (one) => one.at?.toISOString().replace(/\.\d+Z/, "Z") ?? ""],
];

/** Formats outcomes as a table for a terminal. */
export function tableOf(outcomes: readonly OverviewRow[]): string {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...outcomes.map((one) => COLUMNS.map(([, read]) => read(one))),
  ];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [lines[0], widths.map((width) => "-".repeat(width)).join("  "), ...lines.slice(1)].join(
    "\n",
  );
}
