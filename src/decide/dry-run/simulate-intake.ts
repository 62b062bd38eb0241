import type {
  Arrival,
  Neighbors,
  KnownChange,
  ReadLine,
  References,
} from "../../domain/dry-run/arrival.ts";
import { idOfLine, parseBorrowerId, parseCaseId, parseLoanId } from "../../domain/ids.ts";

/** The data in the database that concerns the lines of a file. */
export interface Known {
  readonly around: ReadonlyMap<number, Neighbors>;
  readonly externalIds: References["externalIds"];
}

interface Dated extends ReadLine {
  readonly state: KnownChange;
  readonly receivedAt: Date;
}

const NOTHING: Neighbors = { before: null, following: null, newest: null };

/**
 * Takes in the lines of a file as changes that arrive now, one after the other, as the trigger of 0005_case_changes.sql does:
 * each between its neighbors in time among the stored changes and the lines before it. Of simultaneous changes the later
 * arrival comes second. `now` is the date of lines without one.
 */
export function takeIn(lines: readonly ReadLine[], known: Known, now: Date): Arrival[] {
  const repeats = findRepeats(lines, known);
  const dated = lines.map((read) => ({ ...read, state: stateOf(read, now), receivedAt: now }));
  const peersByCase = Map.groupBy(
    dated.filter(({ line }) => !repeats.has(line)),
    ({ change }) => change.case_id,
  );
  return dated.map((read) => {
    const arrival = arrivalOf(
      read,
      peersByCase.get(read.change.case_id) ?? [],
      known.around.get(read.line),
    );
    return repeats.has(read.line) ? { ...arrival, idle: "repeats" } : arrival;
  });
}

/** Returns the lines whose external_id the table would refuse. The first line with an external_id is accepted. */
function findRepeats(lines: readonly ReadLine[], { externalIds }: Known): ReadonlySet<number> {
  const taken = new Set<string>();
  const repeats = new Set<number>();
  for (const { line, change } of lines) {
    const { external_id: externalId } = change;
    if (externalId === null) continue;
    if (externalIds.has(externalId) || taken.has(externalId)) repeats.add(line);
    taken.add(externalId);
  }
  return repeats;
}

function stateOf({ change }: ReadLine, now: Date): KnownChange {
  const { status, outcome, fields, fires, changed_at: changedAt = now } = change;
  return { status, outcome, fields, fires, changedAt };
}

function arrivalOf(read: Dated, peers: readonly Dated[], around: Neighbors = NOTHING): Arrival {
  const { line, change, state, receivedAt } = read;
  const earlier = peers.filter((peer) => peer.line < line).map((peer) => peer.state);
  const at = state.changedAt;
  const before = inTime([around.before, ...earlier]).findLast((one) => one.changedAt <= at);
  const following = inTime([around.following, ...earlier]).find((one) => one.changedAt > at);
  const all = peers.map((peer) => peer.state);
  return {
    label: `line ${line}`,
    change: {
      id: idOfLine(line),
      caseId: parseCaseId(change.case_id),
      caseTypeId: change.case_type_id,
      borrowerId: parseBorrowerId(change.borrower_id),
      loanIds: change.loan_ids.map(parseLoanId),
      status: state.status,
      outcome: state.outcome,
      fields: state.fields,
      changedAt: at,
      receivedAt,
      supercaseBulkOperationId: change.supercase_bulk_operation_id,
      before: before ?? null,
      following: following ?? null,
    },
    idle: state.fires ? null : "firesNothing",
    caseNow: inTime([around.newest, ...earlier, state]).at(-1) ?? state,
    caseLater: inTime([around.newest, ...all]).at(-1) ?? state,
  };
}

/** The input is in order of arrival, and sorting keeps this order for simultaneous changes. */
function inTime<Change extends { readonly changedAt: Date }>(
  changes: readonly (Change | null)[],
): Change[] {
  return changes
    .filter((one) => one !== null)
    .toSorted((one, other) => one.changedAt.getTime() - other.changedAt.getTime());
}
