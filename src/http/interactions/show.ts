import type { InteractionRecord } from "../../domain/interaction-record.ts";
import { openContent } from "../../seal.ts";
import type { Caller } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import type { InteractionAnswer } from "./schema.ts";
import { noteShown } from "./reveals.ts";
import { showBorrower, showContact } from "./show-parties.ts";

/** The records as the caller may see them; which sensitive content was shown to whom is put on record first. */
export async function showInteractions(
  deps: HttpDeps,
  caller: Caller,
  records: readonly InteractionRecord[],
): Promise<InteractionAnswer[]> {
  const shown = records.filter((record) => record.content !== null && mayRead(record, caller));
  await noteShown(deps, caller, shown);
  return records.map((record) =>
    answerOf(record, shown.includes(record) ? openContent(record.content, deps.seal) : null),
  );
}

/** May the caller read the content? */
export const mayRead = ({ sensitive }: InteractionRecord, { scopes }: Caller): boolean =>
  !sensitive || scopes.has("interaction:read.sensitive");

const momentOf = (at: Date | null): string | null => at?.toISOString() ?? null;

/** What is kept under no key of an answer is not shown: origin, provider, how a date came about. */
function answerOf(record: InteractionRecord, content: object | null): InteractionAnswer {
  const { origin: _, ...shown } = record;
  return {
    ...shown,
    object: "interaction",
    theme: record.theme as InteractionAnswer["theme"],
    content: content as InteractionAnswer["content"],
    metaData: record.metaData as InteractionAnswer["metaData"],
    loanIds: [...record.loanIds],
    createdBy: authorOf(record.createdBy),
    createdAt: record.createdAt.toISOString(),
    updatedAt: momentOf(record.updatedAt),
    deletedAt: momentOf(record.deletedAt),
    statusUpdatedAt: record.statusUpdatedAt.toISOString(),
    statusDetailsUpdatedAt: momentOf(record.statusDetailsUpdatedAt),
    startedAt: momentOf(record.startedAt),
    endedAt: momentOf(record.endedAt),
    scheduledAtFrom: momentOf(record.scheduledAtFrom),
    scheduledAtTo: momentOf(record.scheduledAtTo),
    borrower: showBorrower(record.borrower),
    contact: showContact(record.contact),
  };
}

/** SQL may have written anything there. */
function authorOf(createdBy: unknown): InteractionAnswer["createdBy"] {
  const { id, name } = Object(createdBy) as { id?: unknown; name?: unknown };
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return { id: text(id), name: text(name) };
}
