import type { ClassState } from "../../store/operate/retention.ts";
import { counted } from "./layout.ts";
import type { ShowMoment } from "./moment.ts";

/** Returns for how long a class is kept, and how much of the record is older or younger than that. */
export function classInWords(one: ClassState, show: ShowMoment): string {
  const { recordClass, years, setAt, setBy, reason, older, open, held, read, younger, deleted } =
    one;
  const set = setAt === null ? "" : ` Set by ${setBy} on ${show(setAt)}: ${reason}`;
  const early =
    younger === 0
      ? ""
      : ` The content of ${counted(younger, "younger interaction")} was erased on request.`;
  if (years === null) return `${recordClass}: kept for good.${set}${early}`;
  const rest =
    recordClass === "metadata"
      ? ` The years begin with the last entry about a borrower. Deleted: ${counted(deleted, "interaction")}.`
      : ` ${open} of an open notice, ${held} under a legal hold, ${read} that the guard reads.`;
  return `${recordClass}: kept for ${counted(years, "year")}.${set} Older and kept: ${counted(older, "interaction")}.${rest}${early}`;
}
