import type { Context } from "hono";
import { judgeReport } from "../../decide/api/judge-report.ts";
import type { InteractionRecord, LoggedFields } from "../../domain/interaction-record.ts";
import { actingAs } from "../../store/postgres/acting-as.ts";
import { cancelScheduled } from "../../store/operate/cancellation.ts";
import type { Db } from "../../store/postgres/db.ts";
import { changeInteraction } from "../../store/api/interaction-log.ts";
import { holdInteraction } from "../../store/api/interaction-record.ts";
import { actorOf, callerOf, type Caller, type HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import type { InteractionBody } from "./body.ts";
import { loggedFields } from "./logged-fields.ts";
import { personOf } from "./resolve-references.ts";
import { readInteractionReference } from "../core/reference-id.ts";
import { notFound, httpError } from "../core/http-error.ts";
import { prepareEdit } from "./edit-logged.ts";

export interface Change {
  readonly personId: string;
  readonly interactionId: string;
  readonly body: InteractionBody;
}

/** Changes what the body gives, and returns the id of what was changed. */
export async function changeOne(
  deps: HttpDeps,
  c: Context<HttpEnv>,
  { personId, interactionId, body }: Change,
): Promise<string> {
  const caller = callerOf(c);
  return await actingAs(deps.db, actorOf(caller), async (transaction) => {
    const person = await personOf(transaction, personId);
    const reference = readInteractionReference(interactionId);
    const record =
      reference && (await holdInteraction(transaction, { reference, personId: person.id }));
    if (record === undefined) throw notFound("interactionId", "interaction of this person");
    if (record.origin === "tidings") await report(transaction, caller, record, body);
    else {
      const changes = await loggedFields(transaction, person, body);
      await change(transaction, record.id, prepareEdit(deps, caller, record, changes));
    }
    return record.id;
  });
}

/** What Tidings sends itself takes notes, a withdrawal and receipts, and nothing that would rewrite its record. */
async function report(
  transaction: Db,
  { name }: Caller,
  record: InteractionRecord,
  body: InteractionBody,
): Promise<void> {
  const judgement = judgeReport(record, body);
  if (judgement.kind === "refused")
    throw httpError(
      409,
      "Tidings sends this interaction itself: change metaData and externalId, cancel it while it is scheduled, or report how it ended.",
      ...judgement.faults,
    );
  if (judgement.kind === "changes") return await change(transaction, record.id, judgement.changes);
  const { status: _, failureDescriptionLong, ...notes } = judgement.changes;
  const reason = failureDescriptionLong ?? "Canceled over the REST resources.";
  await cancelScheduled(
    transaction,
    { kind: "interaction", id: record.id },
    { operator: name, reason },
  );
  return await change(transaction, record.id, notes);
}

async function change(transaction: Db, id: string, changes: Partial<LoggedFields>): Promise<void> {
  if (Object.keys(changes).length > 0) await changeInteraction(transaction, id, changes);
}
