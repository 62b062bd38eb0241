import type { BorrowerId, CaseChangeId, CaseId, InteractionId } from "../../domain/ids.ts";
import { parseBorrowerId, parseCaseId } from "../../domain/ids.ts";
import { loadChain } from "../../store/operate/chain.ts";
import {
  listChangesOfCase,
  loadResolvedChanges,
  loadTypeHistory,
} from "../../store/operate/case-history.ts";
import { findInteractions } from "../../store/operate/find-interactions.ts";
import {
  listCausedBy,
  listChangesOf,
  loadTimeline,
  type TimelineOf,
} from "../../store/operate/timeline.ts";
import { listWaiting, type OpenWait } from "../../store/operate/waiting.ts";
import { readClock } from "../../store/postgres/database-clock.ts";
import { listWorkers } from "../../store/queue/workers.ts";
import type { Db } from "../../store/postgres/db.ts";
import { JSON_OPTION } from "../cli/json.ts";
import {
  notFound,
  readCaseChangeId,
  readInteractionId,
  wrongArguments,
  refuseAlone,
} from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT } from "../cli/exit-codes.ts";
import type { Print } from "../cli/print.ts";
import { changesJson, changesPage, type ExplainedChanges } from "./change-page.ts";
import { explainJson, explainPage } from "./page.ts";
import { timelineJson, timelinePage } from "./timeline.ts";
import { limitOption } from "../cli/limit.ts";

const LIMIT = limitOption("newest changes of a case, or newest interactions of a borrower", 50);

/** The subject of the explanation: one notice, or case changes with the notices that they caused or the reason that they caused none. */
type Asked =
  | { readonly kind: "interaction"; readonly id: InteractionId }
  | { readonly kind: "change"; readonly id: CaseChangeId }
  | { readonly kind: "case"; readonly id: CaseId; readonly limit: number }
  | { readonly kind: "borrower"; readonly id: BorrowerId; readonly limit: number };
type AskedChanges = Extract<Asked, { readonly kind: "change" | "case" }>;

/**
 * Explains an interaction, from the case change that caused it to the next step; or a case change, with the verdict on every
 * notification type.
 */
export const explain = command({
  name: "explain",
  summary:
    "explain why an interaction exists, when and to whom it goes, what happened and what follows; or what a case change caused, and why nothing else",
  takes:
    "(INTERACTION_ID | --change ID | --case ID [--limit N] | --borrower ID [--limit N]) [--timeline] [--json]",
  details: `The id of any attempt shows the whole chain. For a change, the verdicts are those on record, with the
versions and links of that time. With --timeline, and for a borrower, everything on record is listed in
the order of time: changes, resolutions, judgements, transitions, receipts, amendments, consents, erasures,
legal holds, and the outages that made a notice late; then what waits, and for what. Each entry has when
it happened, was learned of and was recorded, where these differ, and by when it was committed. Contact ids are shown; names and addresses are not.`,
  operands: ["[INTERACTION_ID]"],
  options: {
    change: {
      type: "string",
      value: "ID",
      message: "the verdict on each notification type for one case change",
    },
    case: { type: "string", value: "ID", message: "the same for the changes of a case" },
    ...LIMIT.option,
    borrower: { type: "string", value: "ID", message: "all that is on record about a borrower" },
    timeline: { type: "boolean", message: "everything on record in the order of time" },
    ...JSON_OPTION,
  },
  async run({ options, operands: [operand], print }) {
    const asked = readAsked(operand, options);
    const json = options.json === true;
    return await withDatabase("explain", async (db, config) => {
      const zone = config.lender.timeZone;
      if (options.timeline === true || asked.kind === "borrower")
        await explainInTime(db, asked, { zone, json, print });
      else if (asked.kind === "interaction") await explainOne(db, asked.id, { zone, json, print });
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
  options: {
    readonly change?: string;
    readonly case?: string;
    readonly borrower?: string;
    readonly limit?: string;
  },
): Asked {
  const given = [operand, options.change, options.case, options.borrower];
  if (given.filter((one) => one !== undefined).length !== 1)
    throw wrongArguments("give one of INTERACTION_ID, --change ID, --case ID and --borrower ID");
  if (options.case === undefined && options.borrower === undefined)
    refuseAlone(options, ["limit"], "--case or --borrower");
  if (operand !== undefined)
    return { kind: "interaction", id: readInteractionId("INTERACTION_ID", operand) };
  if (options.change !== undefined)
    return { kind: "change", id: readCaseChangeId("--change", options.change) };
  const limit = LIMIT.read(options.limit);
  if (options.borrower !== undefined)
    return { kind: "borrower", id: parseBorrowerId(options.borrower), limit };
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

async function explainInTime(db: Db, asked: Asked, { zone, json, print }: Output): Promise<void> {
  const about = await listAbout(db, asked);
  const entries = await loadTimeline(db, about);
  if (entries.length === 0) throw notFound(`there is no ${nameOf(asked)}`);
  const waits = await loadWaits(db, about);
  const timeline = { title: `All that is on record about ${nameOf(asked)}`, entries, waits };
  print(json ? timelineJson(timeline) : timelinePage(timeline, zone));
}

/** The changes and the interactions that belong to what is asked for. */
async function listAbout(db: Db, asked: Asked): Promise<TimelineOf> {
  const interactionIds = await listInteractionsOf(db, asked);
  const limit = "limit" in asked ? asked.limit : 1;
  const personId = asked.kind === "borrower" ? asked.id : null;
  const causes = await listChangesOf(db, { personId, interactionIds, limit });
  if (asked.kind === "change" || asked.kind === "case") {
    const { ids } = await listAsked(db, asked);
    return { interactionIds, caseChangeIds: [...new Set([...ids, ...causes])] };
  }
  return { interactionIds, caseChangeIds: causes };
}

async function listInteractionsOf(db: Db, asked: Asked): Promise<InteractionId[]> {
  if (asked.kind === "interaction")
    return (await loadChain(db, asked.id))?.attempts.map((one) => one.id) ?? [];
  if (asked.kind === "change") return await listCausedBy(db, asked.id);
  const filter = asked.kind === "case" ? { caseId: [asked.id] } : { personId: asked.id };
  return (await findInteractions(db, filter, asked.limit)).map(({ id }) => id);
}

/** The waits of the changes and the interactions. */
async function loadWaits(
  db: Db,
  { interactionIds, caseChangeIds }: TimelineOf,
): Promise<OpenWait[]> {
  const most = interactionIds.length + caseChangeIds.length;
  const ofInteractions = await listWaiting(db, { interactionIds }, most);
  const ofChanges = await listWaiting(db, { caseChangeIds }, most);
  return [...ofInteractions, ...ofChanges.filter((one) => one.interactionId === null)];
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

const nameOf = ({ kind, id }: Asked): string =>
  kind === "change" ? `case change ${id}` : `${kind} ${id}`;
