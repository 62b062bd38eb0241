import type { CaseChangeId, CaseId, InteractionId } from "../../domain/ids.ts";
import { parseCaseId } from "../../domain/ids.ts";
import { loadChain } from "../../store/operate/chain.ts";
import {
  listChangesOfCase,
  loadResolvedChanges,
  loadTypeHistory,
} from "../../store/operate/case-history.ts";
import { listWaiting } from "../../store/operate/waiting.ts";
import { readClock } from "../../store/postgres/database-clock.ts";
import { listWorkers } from "../../store/queue/workers.ts";
import type { Db } from "../../store/postgres/db.ts";
import {
  notFound,
  readCaseChangeId,
  readInteractionId,
  readWhole,
  wrongArguments,
} from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT } from "../cli/exit-codes.ts";
import type { Print } from "../cli/print.ts";
import { changesJson, changesPage, type ExplainedChanges } from "./change-page.ts";
import { explainJson, explainPage } from "./page.ts";

const DEFAULT_LIMIT = "50";

/** What is explained: one notice, or what case changes caused and why they caused nothing. */
type Asked =
  | { readonly kind: "interaction"; readonly id: InteractionId }
  | { readonly kind: "change"; readonly id: CaseChangeId }
  | { readonly kind: "case"; readonly id: CaseId; readonly limit: number };
type AskedChanges = Exclude<Asked, { readonly kind: "interaction" }>;

/**
 * Explains an interaction, from the case change that caused it to the next step; or a case change, with the verdict on every
 * notification type.
 */
export const explain = command({
  name: "explain",
  summary:
    "explain why an interaction exists, when and to whom it goes, what happened and what follows; or what a case change caused, and why nothing else",
  takes: "(INTERACTION_ID | --change ID | --case ID [--limit N]) [--json]",
  details: `The id of any attempt shows the whole chain. For a change, the verdicts are those on record, with the
versions and links of that time. Contact ids are shown; names and addresses are not.`,
  operands: ["[INTERACTION_ID]"],
  options: {
    change: {
      type: "string",
      value: "ID",
      message: "the verdict on each notification type for one case change",
    },
    case: { type: "string", value: "ID", message: "the same for the changes of a case" },
    limit: {
      type: "string",
      value: "N",
      message: `the newest changes of a case (default ${DEFAULT_LIMIT})`,
    },
    json: { type: "boolean", message: "as one JSON document" },
  },
  async run({ options, operands: [operand], print }) {
    const asked = readAsked(operand, options);
    const json = options.json === true;
    return await withDatabase("explain", async (db, config) => {
      const zone = config.lender.timeZone;
      if (asked.kind === "interaction") await explainOne(db, asked.id, { zone, json, print });
      else {
        const explained = await loadExplained(db, asked);
        print(json ? changesJson(explained) : changesPage(explained, zone));
      }
      return EXIT.done;
    });
  },
});

/** Throws ARGUMENTS_INVALID if none or more than one is asked for, or an id is not valid. */
function readAsked(
  operand: string | undefined,
  options: { readonly change?: string; readonly case?: string; readonly limit?: string },
): Asked {
  const given = [operand, options.change, options.case].filter((one) => one !== undefined);
  if (given.length !== 1)
    throw wrongArguments("give one of INTERACTION_ID, --change ID and --case ID");
  if (operand !== undefined)
    return { kind: "interaction", id: readInteractionId("INTERACTION_ID", operand) };
  if (options.change !== undefined)
    return { kind: "change", id: readCaseChangeId("--change", options.change) };
  const limit = readWhole("--limit", options.limit ?? DEFAULT_LIMIT);
  return { kind: "case", id: parseCaseId(options.case ?? ""), limit };
}

interface Output {
  readonly zone: string;
  readonly json: boolean;
  readonly print: Print;
}

async function explainOne(db: Db, id: InteractionId, { zone, json, print }: Output): Promise<void> {
  const chain = await loadChain(db, id);
  if (chain === undefined) throw notFound(`there is no interaction ${id}`);
  const interactionIds = chain.attempts.map((one) => one.id);
  const waits = await listWaiting(db, { interactionIds }, interactionIds.length);
  const [now, daemons] = [await readClock(db), await listWorkers(db)];
  const request = { asked: id, now, zone, daemons, waits };
  print(json ? explainJson(chain, request) : explainPage(chain, request));
}

async function loadExplained(db: Db, asked: AskedChanges): Promise<ExplainedChanges> {
  const { ids, total } = await listAsked(db, asked);
  const changes = await loadResolvedChanges(db, ids);
  if (changes.length === 0) throw notFound(`there is no ${nameOf(asked)}`);
  const caseTypeIds = [...new Set(changes.map((one) => one.change.caseTypeId))];
  const considered = changes.flatMap(({ resolution }) =>
    Object.values(resolution?.verdicts ?? {})
      .flat()
      .map((key) => Number.parseInt(key, 10)),
  );
  return { changes, total, history: await loadTypeHistory(db, caseTypeIds, considered) };
}

async function listAsked(
  db: Db,
  asked: AskedChanges,
): Promise<{ readonly ids: readonly CaseChangeId[]; readonly total: number }> {
  if (asked.kind === "change") return { ids: [asked.id], total: 1 };
  return await listChangesOfCase(db, asked.id, asked.limit);
}

const nameOf = ({ kind, id }: AskedChanges): string =>
  kind === "change" ? `case change ${id}` : `case ${id}`;
