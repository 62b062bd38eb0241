import type { ClassState } from "../../store/operate/retention.ts";
import { counted } from "./layout.ts";
import type { ShowMoment } from "./moment.ts";

/** Returns for how long a class is kept, and how much of the record is older or younger than that. */
export function classInWords(one: ClassState, show: ShowMoment): string {
  const { recordClass, years, setAt, setBy, reason } = one;
  const set = setAt === null ? "" : ` Set by ${setBy} on ${show(setAt)}: "${reason}".`;
  const kept = years === null ? "kept without end" : `kept for ${counted(years, "year")}`;
  const older =
    years === null ? "" : ` Older and kept: ${counted(one.older, "interaction")}.${restOf(one)}`;
  return `${recordClass}: ${kept}.${set}${older}${earlyOf(one)}`;
}

function restOf(one: ClassState): string {
  if (one.recordClass === "metadata")
    return ` The years begin with the last entry about a borrower. Deleted: ${counted(one.deleted, "interaction")}.`;
  const { open, held, read, olderChanges, olderRecordChanges } = one;
  const changes =
    olderChanges + olderRecordChanges === 0
      ? ""
      : ` Also older and kept: ${counted(olderChanges, "case change")} and ${counted(olderRecordChanges, "recorded change")}.`;
  return ` ${open} of an open notice, ${held} under a legal hold, ${read} that the guard reads.${changes}`;
}

function earlyOf({ younger, youngerChanges }: ClassState): string {
  const content =
    younger === 0
      ? ""
      : ` The content of ${counted(younger, "younger interaction")} was erased on request.`;
  const fields =
    youngerChanges === 0
      ? ""
      : ` The fields of ${counted(youngerChanges, "younger case change")} were erased on request.`;
  return `${content}${fields}`;
}
