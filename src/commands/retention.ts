import { RECORD_CLASSES, type RecordClass } from "../domain/vocabulary.ts";
import { type ClassState, listRetention, setRetention } from "../store/operate/retention.ts";
import type { Db } from "../store/postgres/db.ts";
import { readWhole, refuseAlone, wrongArguments } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { EXIT } from "./cli/exit-codes.ts";
import { JSON_OPTION, printResult } from "./cli/json.ts";
import { page, wrapped } from "./cli/layout.ts";
import { classInWords } from "./cli/retention-words.ts";
import { momentsIn, type ShowMoment } from "./cli/moment.ts";
import { readRefusal, type Refusal } from "./cli/refusal.ts";
import { BY_OPTION, readOperator, readReason, REASON_OPTION } from "./cli/operator.ts";

const MOST_YEARS = 100;

/** Shows or sets for how long each class of the record is kept. */
export const retention = command({
  name: "retention",
  summary:
    "show for how many years each class of the record is kept, with counts, or set the years",
  takes: `[--class CLASS --years (N | off) --reason "…" [--by NAME]] [--json]`,
  details: `Without years Tidings erases and deletes nothing by age. At night a daemon erases content that is older than its
class, in small batches, unless its notice is open, its borrower or case is under a legal hold, or the
guard reads it. Then it deletes the record of each borrower whose last entry is older than the metadata.`,
  options: {
    class: { type: "string", value: "CLASS", message: `one of ${RECORD_CLASSES.join(", ")}` },
    years: { type: "string", value: "N", message: "the years for which it is kept, or off" },
    ...REASON_OPTION,
    ...BY_OPTION,
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    const change = readChange(options);
    const operator = change === undefined ? undefined : readOperator(options.by);
    const actor = operator === undefined ? "retention" : `operator:${operator}`;
    return await withDatabase(actor, async (db, { lender }) => {
      const json = options.json === true;
      const refusal = change === undefined ? null : await changeRetention(db, change);
      if (refusal !== null) {
        printResult({ print, json }, refusal, [
          `The years were not set: ${refusal.why} (${refusal.rule}).`,
        ]);
        return EXIT.refused;
      }
      const classes = await listRetention(db);
      print(
        json
          ? JSON.stringify(classes, null, 2)
          : retentionPage(classes, momentsIn(lender.timeZone)),
      );
      return EXIT.done;
    });
  },
});

interface Change {
  readonly recordClass: RecordClass;
  readonly years: number | null;
  readonly reason: string;
}

/** Sets the years. Returns why the database refuses that, or null. */
async function changeRetention(db: Db, change: Change): Promise<Refusal | null> {
  try {
    await setRetention(db, change.recordClass, change);
    return null;
  } catch (error) {
    return readRefusal(error, "retention_classes_");
  }
}

function readChange(options: {
  readonly class?: string;
  readonly years?: string;
  readonly reason?: string;
}): Change | undefined {
  if (options.class === undefined && options.years === undefined) {
    refuseAlone(options, ["reason", "by"], "--class and --years");
    return undefined;
  }
  const recordClass = RECORD_CLASSES.find((one) => one === options.class);
  if (recordClass === undefined)
    throw wrongArguments(`--class must be one of ${RECORD_CLASSES.join(", ")}`);
  const { years } = options;
  if (years === undefined) throw wrongArguments("--years is missing: a number, or off");
  return {
    recordClass,
    years: years === "off" ? null : readWhole("--years", years, MOST_YEARS),
    reason: readReason(options.reason),
  };
}

const retentionPage = (classes: readonly ClassState[], show: ShowMoment): string =>
  page(classes.flatMap((one) => wrapped(classInWords(one, show))));
