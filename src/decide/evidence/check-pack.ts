import { hash } from "node:crypto";
import type {
  Pack,
  PackAttempt,
  PackFiles,
  PackFlaw,
  PackRow,
} from "../../domain/evidence/pack.ts";
import { parseExactJson } from "../../domain/values/exact-json.ts";
import { firstOf, flaw, namesIn, objectIn } from "./check-rows.ts";
import { filesOf } from "./files.ts";
import { blocksOf } from "./page.ts";
import {
  CONTENTS,
  messagePathOf,
  openedPathOf,
  PAGE,
  rowPathOf,
  statePathOf,
  templatePathOf,
} from "./paths.ts";
import {
  type HistoryRow,
  historyOf,
  readRows,
  type RecordRows,
  type StateRow,
  type TracedAttempt,
} from "./record-rows.ts";

/** Checks that the pack is complete in itself: one block for each attempt, and no row that belongs to none. */
export function checkComplete(pack: Pack, files: PackFiles): PackFlaw | undefined {
  const rows = readRows(pack);
  return (
    strayRow(pack, rows) ??
    firstOf(rows.attempts, (traced) => checkAttempt(traced)) ??
    firstOf(rows.attempts, (traced) => unprovedLogged(pack, traced)) ??
    missingAttempt(rows) ??
    missingReply(rows) ??
    missingNotice(pack, rows) ??
    missingBlock(pack, files) ??
    wrongTemplate(pack, rows)
  );
}

const OF_ATTEMPTS = new Set([
  "transitions",
  "interactions",
  "loggedInteractions",
  "judgements",
  "redirects",
  "contentReveals",
  "amendments",
  "erasures",
  "holds",
  "consentRecords",
  "inboundMessages",
  "contactEvents",
]);

/** Finds a row about an interaction that is no attempt of the pack, or a receipt of no attempt. */
function strayRow({ rows, attempts }: Pack, { receipts }: RecordRows): PackFlaw | undefined {
  const known = new Set(attempts.map((one) => one.interactionId));
  const changes = new Set(
    rows.filter((row) => row.source === "caseChanges").map((row) => namesIn(row).id),
  );
  const isOther = (row: PackRow): boolean =>
    OF_ATTEMPTS.has(row.source) &&
    !known.has(namesIn(row).interactionId) &&
    !(row.source === "erasures" && changes.has(String(objectIn(row.text)["case_change_id"])));
  const stray = rows.find(isOther);
  if (stray !== undefined)
    return flaw(rowPathOf(stray), "The pack has no attempt of the interaction of this row.");
  const named = new Set(attempts.flatMap((one) => one.receiptIds));
  const lost = receipts.find((row) => !named.has(String(row.id)));
  if (lost !== undefined)
    return flaw(`rows/receipts/${lost.id}.json`, "The receipt belongs to no attempt of the pack.");
}

function checkAttempt({
  attempt,
  state,
  isProved,
  transitions,
}: TracedAttempt): PackFlaw | undefined {
  const last = transitions.at(-1);
  if (last === undefined)
    return flaw(CONTENTS, `The pack has no transition of interaction ${attempt.interactionId}.`);
  if (state === null) return undefined;
  if (
    isProved &&
    (state.status !== last.to_status || state.status_details !== last.to_status_details)
  )
    return flaw(
      `rows/transitions/${last.id}.json`,
      "It is not the newest transition of its interaction.",
    );
  return wrongMessage(attempt, state) ?? wrongContent(attempt, state);
}

function wrongMessage(
  { interactionId, message }: PackAttempt,
  state: StateRow,
): PackFlaw | undefined {
  if (message === null || hash("sha256", message.bytes) === state.content_sha256) return undefined;
  return flaw(
    messagePathOf(interactionId, message.extension),
    "These are not the bytes whose hash is on record.",
  );
}

function wrongContent(
  { interactionId, opened }: PackAttempt,
  { content }: StateRow,
): PackFlaw | undefined {
  if (opened === null || hash("sha256", opened, "base64") === content) return undefined;
  return flaw(
    openedPathOf(interactionId),
    "It is not the content to which the record is committed.",
  );
}

/** Finds a logged interaction without its row, or one whose content does not have the hash of its newest recorded change. */
function unprovedLogged(
  { version, rows }: Pack,
  { attempt, state, isProved }: TracedAttempt,
): PackFlaw | undefined {
  const { interactionId, openState } = attempt;
  if (state?.origin !== "logged" || version < 2) return undefined;
  if (!isProved)
    return flaw(CONTENTS, `The row of interaction ${interactionId}, as it was logged, is missing.`);
  const [, content] = CONTENT.exec(openState ?? "") ?? [];
  const changed = rows
    .filter((row) => row.source === "recordChanges")
    .map((row) => parseExactJson(row.text) as HistoryRow);
  const newest = historyOf(interactionId, changed).findLast((row) => "content" in row.changes);
  // hidden content is null, and of sealed content the state has only the commitment
  if (content === undefined || !content.startsWith("{") || newest === undefined) return undefined;
  return hash("sha256", content) === newest.changes["content"]?.toSha256
    ? undefined
    : flaw(statePathOf(interactionId), "Its content does not have the hash of its newest change.");
}

/** The content in a state as Postgres writes it. Only a column of the state itself has no space after its colon. */
const CONTENT = /"content":(?! )(.+)\}$/s;

/** Finds a confirmation whose reply is not in the pack. */
function missingReply({ attempts }: RecordRows): PackFlaw | undefined {
  const known = new Set(attempts.map(({ attempt }) => attempt.interactionId));
  const alone = attempts.find(
    ({ state }) => typeof state?.reply_id === "number" && !known.has(String(state.reply_id)),
  );
  return (
    alone &&
    flaw(CONTENTS, `The reply that notice ${alone.attempt.interactionId} confirms is missing.`)
  );
}

/** Finds a missing attempt between the first and the last one of its chain. */
function missingAttempt({ attempts }: RecordRows): PackFlaw | undefined {
  const notices = attempts.flatMap(({ state }) => (state?.origin === "tidings" ? [state] : []));
  const chains = Map.groupBy(
    notices,
    (state) => state.first_interaction_id ?? state.interaction_id,
  );
  if (attempts.some(({ state }) => state === null)) return undefined;
  for (const [chainId, states] of chains) {
    const numbers = new Set(states.map((state) => state.attempt));
    const missing = states.findIndex((_, at) => !numbers.has(at + 1));
    if (missing !== -1)
      return flaw(CONTENTS, `Attempt ${missing + 1} of notice ${chainId} is missing.`);
  }
}

/** Finds a missing notice that a resolution planned. A pack about one interaction has only its own notice. */
function missingNotice(
  { subject }: Pack,
  { resolutions, attempts }: RecordRows,
): PackFlaw | undefined {
  if (subject.kind === "interaction" || attempts.some(({ state }) => state === null))
    return undefined;
  const notices = new Set(
    attempts.map(({ state }) => `${state?.case_change_id}:${state?.notification_type_id}`),
  );
  for (const { case_change_id: changeId, verdicts } of resolutions) {
    const missing = (verdicts["fires"] ?? []).find(
      (version) => !notices.has(`${changeId}:${version.split(".")[0]}`),
    );
    if (missing !== undefined)
      return flaw(
        CONTENTS,
        `The notice of type ${missing} that change ${changeId} fired is missing.`,
      );
  }
}

function missingBlock(pack: Pack, files: PackFiles): PackFlaw | undefined {
  const page = files.get(PAGE)?.toString("utf8") ?? "";
  const blocks = [...page.matchAll(/<article id="(attempt-\d+)">/g)].map(([, block]) => block);
  const expected = blocksOf(pack);
  const isSame =
    blocks.length === expected.length && expected.every((block) => blocks.includes(block));
  return isSame
    ? undefined
    : flaw(PAGE, "The page does not have exactly one block for each attempt.");
}

function wrongTemplate({ templates }: Pack, { history }: RecordRows): PackFlaw | undefined {
  return firstOf(templates, ({ id, version, text }) => {
    const hashes = history
      .filter((row) => row.table_name === "templates" && row.row_id === `${id},${version}`)
      .flatMap((row) => row.changes["content_hash"]?.to ?? []);
    if (hashes.length === 0 || hashes.at(-1) === hash("sha256", text)) return undefined;
    return flaw(
      templatePathOf(id, version),
      "The texts do not have the content hash of the version.",
    );
  });
}

/** Writes the pack again from its rows, and compares each file with it, so that every file follows from the rows. */
export function checkPage(pack: Pack, files: PackFiles): PackFlaw | undefined {
  const again = filesOf(pack);
  const differs = [...again].find(([path, bytes]) => files.get(path)?.equals(bytes) !== true);
  if (differs !== undefined)
    return flaw(differs[0], "The file does not follow from the rows of the pack.");
  const extra = [...files.keys()].find((path) => !again.has(path));
  return extra === undefined ? undefined : flaw(extra, "The file does not belong to the pack.");
}
