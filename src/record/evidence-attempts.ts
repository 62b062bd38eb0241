import { hash } from "node:crypto";
import type { PackAttempt, PackMessage } from "../domain/evidence/pack.ts";
import type { InteractionId } from "../domain/ids.ts";
import type { LeafSource } from "../domain/tree/leaf-sources.ts";
import { parseExactJson } from "../domain/values/exact-json.ts";
import type { Channel } from "../domain/vocabulary.ts";
import type { Db } from "../store/postgres/db.ts";
import {
  type Covered,
  listReceiptOwners,
  loadOpenStates,
  type OpenState,
} from "../store/tree/evidence-rows.ts";
import {
  type GatheredContent,
  hiddenIn,
  type MayHaveContent,
  type ProvableRow,
} from "./evidence-contents.ts";
import { composeAgain } from "./recompose.ts";

/** The gathered data from which the attempts follow. */
export interface Known {
  readonly rows: readonly ProvableRow[];
  /** The interactions with a change that is newer than the head, so that their present state is not that of the head. */
  readonly changedLater: ReadonlySet<string>;
  readonly covered: Covered;
  readonly contents: readonly GatheredContent[];
}

/** The interactions that have a transition under the head. */
export async function attemptsOf(db: Db, known: Known): Promise<PackAttempt[]> {
  const {
    covered: { interactionIds },
    rows,
    contents,
  } = known;
  const ids = (source: LeafSource): ReadonlySet<string> =>
    new Set(rows.filter((row) => row.source === source).map((row) => row.id));
  const receipts = ids("receipts");
  const open = (await loadOpenStates(db, interactionIds)).filter((one) => isShown(one, known));
  const owners = (await listReceiptOwners(db, interactionIds)).filter((one) =>
    receipts.has(one.receiptId),
  );
  const began = interactionsIn(rows, "transitions");
  const ended = new Set([...interactionsIn(rows, "interactions"), ...ids("loggedInteractions")]);
  const attempts: PackAttempt[] = [];
  for (const interactionId of interactionIds.filter((id) => began.has(id))) {
    const state = open.find((one) => one.interactionId === interactionId);
    const content = contents.find((one) => one.kept.id === interactionId);
    const hasState = state !== undefined || ended.has(interactionId);
    attempts.push({
      interactionId,
      receiptIds: owners
        .filter((one) => one.interactionId === interactionId)
        .map((one) => one.receiptId),
      openState: state === undefined ? null : (hiddenIn(state.text, contents) ?? state.text),
      ...(await messageOf(hasState ? content : undefined)),
    });
  }
  return attempts;
}

/**
 * True if the pack has the present state of an interaction. The state of a logged interaction follows from its rows, unless its content was
 * changed: the recorded change has only the hash of the content.
 */
function isShown(
  { transitionId, interactionId }: OpenState,
  { rows, changedLater }: Known,
): boolean {
  const isCurrent = rows.some((row) => row.source === "transitions" && row.id === transitionId);
  const isLogged = rows.some(
    (row) => row.source === "loggedInteractions" && row.id === interactionId,
  );
  if (!isLogged || !isCurrent) return isCurrent;
  return (
    !changedLater.has(interactionId) && rows.some((row) => changesContentOf(interactionId, row))
  );
}

function changesContentOf(interactionId: InteractionId, { source, text }: ProvableRow): boolean {
  if (source !== "recordChanges") return false;
  const row = parseExactJson(text) as MayHaveContent;
  return (
    row.table_name === "interactions" &&
    row.row_id === interactionId &&
    row.changes?.content !== undefined
  );
}

function interactionsIn(rows: readonly ProvableRow[], source: LeafSource): ReadonlySet<string> {
  const own = rows.filter((row) => row.source === source);
  return new Set(
    own.map(({ text }) => String((parseExactJson(text) as MayHaveContent).interaction_id)),
  );
}

const EXTENSIONS: Readonly<Partial<Record<Channel, PackMessage["extension"]>>> = {
  email: "eml",
  text: "txt",
};

/** The bytes that were sent, if the record still gives the hash that was kept when they left. */
async function messageOf(
  known: GatheredContent | undefined,
): Promise<Pick<PackAttempt, "message" | "opened">> {
  if (known === undefined) return { message: null, opened: null };
  const { kept, content, opened } = known;
  const bytes =
    content === null || kept.contentSha256 === null ? null : await composeAgain(kept, content);
  const isSame = bytes !== null && hash("sha256", bytes) === kept.contentSha256;
  const extension = EXTENSIONS[kept.channel];
  return { message: isSame && extension !== undefined ? { extension, bytes } : null, opened };
}
