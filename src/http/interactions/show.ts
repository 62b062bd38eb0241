import type { InteractionRecord } from "../../domain/interaction-record.ts";
import { recordReveals } from "../../store/operate/content-reveals.ts";
import type { Caller } from "../core/caller.ts";
import type { Opened } from "../../seal.ts";
import type { HttpDeps } from "../core/deps.ts";
import type { InteractionAnswer } from "./schema.ts";
import { isSensitive, mayRead, openOrExplain } from "./sensitive.ts";
import { showBorrower, showContact } from "./show-parties.ts";

const HIDDEN: Opened = { content: null, fault: null };

/**
 * The records as the caller may see them. Reveals of sensitive content are on record before this resolves. Content that
 * cannot be opened is null, and the fault is named in the answer and in the log.
 */
export async function showInteractions(
  deps: HttpDeps,
  caller: Caller,
  records: readonly InteractionRecord[],
): Promise<InteractionAnswer[]> {
  const answers = records.map((record) =>
    answerOf(record, mayRead(record, caller) ? openOrExplain(deps, record) : HIDDEN),
  );
  for (const [place, { id: interactionId }] of records.entries()) {
    const code = answers[place]?.contentFault ?? null;
    if (code !== null) deps.emit("http.contentNotOpened", { interactionId, code });
  }
  const revealed = records.filter((record, index) => {
    const isShown = answers[index]?.content !== null;
    return isShown && isSensitive(record);
  });
  if (revealed.length > 0)
    await recordReveals(deps.db, {
      interactionIds: revealed.map((record) => record.id),
      revealedBy: caller.actor,
      way: "rest",
    });
  return answers;
}

const timeOf = (at: Date | null): string | null => at?.toISOString() ?? null;

/** Origin, provider and the derivation of dates are no documented fields, so they are left out. */
function answerOf(record: InteractionRecord, { content, fault }: Opened): InteractionAnswer {
  const { origin: _, ...shown } = record;
  return {
    ...shown,
    object: "interaction",
    theme: record.theme as InteractionAnswer["theme"],
    content: content as InteractionAnswer["content"],
    contentFault: fault,
    metaData: record.metaData as InteractionAnswer["metaData"],
    loanIds: [...record.loanIds],
    createdBy: authorOf(record.createdBy),
    createdAt: record.createdAt.toISOString(),
    updatedAt: timeOf(record.updatedAt),
    deletedAt: timeOf(record.deletedAt),
    statusUpdatedAt: record.statusUpdatedAt.toISOString(),
    statusDetailsUpdatedAt: timeOf(record.statusDetailsUpdatedAt),
    startedAt: timeOf(record.startedAt),
    endedAt: timeOf(record.endedAt),
    scheduledAtFrom: timeOf(record.scheduledAtFrom),
    scheduledAtTo: timeOf(record.scheduledAtTo),
    borrower: showBorrower(record.borrower),
    contact: showContact(record.contact),
  };
}

/** Rows written by SQL may hold any JSON here. */
function authorOf(createdBy: unknown): InteractionAnswer["createdBy"] {
  const { id, name } = Object(createdBy) as { id?: unknown; name?: unknown };
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return { id: text(id), name: text(name) };
}
