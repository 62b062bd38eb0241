import type { Context } from "hono";
import type { InteractionId } from "../../domain/ids.ts";
import { applyReport } from "../../decide/api/apply-report.ts";
import type { InteractionRecord, LoggedFields } from "../../domain/interaction-record.ts";
import { actingAs } from "../../store/postgres/acting-as.ts";
import { cancelScheduled } from "../../store/operate/cancellation.ts";
import type { Db } from "../../store/postgres/db.ts";
import { changeInteraction } from "../../store/api/interaction-log.ts";
import { lockInteraction } from "../../store/api/interaction-record.ts";
import { callerOf, type Caller, type HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { HTTP_ERRORS, httpError, missingScope, notFound } from "../core/http-error.ts";
import { readInteractionReference } from "../core/reference-id.ts";
import type { InteractionBody } from "./body.ts";
import { prepareEdit } from "./edit-logged.ts";
import { loggedFields } from "./logged-fields.ts";
import { personOf } from "./resolve-references.ts";

export interface Change {
  readonly personId: string;
  readonly interactionId: string;
  readonly body: InteractionBody;
}

/** Changes the fields of the body, in the caller's name, and returns the id of the interaction. */
export async function changeOne(
  deps: HttpDeps,
  c: Context<HttpEnv>,
  { personId, interactionId, body }: Change,
): Promise<string> {
  const caller = callerOf(c);
  return await actingAs(deps.db, caller.actor, async (transaction) => {
    const person = await personOf(transaction, personId);
    const reference = readInteractionReference(interactionId);
    const record =
      reference && (await lockInteraction(transaction, { reference, personId: person.id }));
    if (record === undefined) throw notFound("interactionId", "interaction of this person");
    if (record.origin === "tidings") await report(transaction, caller, record, body);
    else {
      requireScope(caller, "interaction:write");
      const changes = await loggedFields(transaction, person, body, deps);
      const edits = prepareEdit(deps, caller, record, changes);
      for (const edit of edits) await change(transaction, record.id, edit);
    }
    return record.id;
  });
}

function requireScope(caller: Caller, scope: "interaction:write" | "interaction:send"): void {
  if (!caller.scopes.has(scope)) throw missingScope(scope);
}

/** An interaction that Tidings sends takes notes, a cancellation and receipts. Nothing else of its record may change. */
async function report(
  transaction: Db,
  caller: Caller,
  record: InteractionRecord,
  body: InteractionBody,
): Promise<void> {
  const decision = applyReport(record, body);
  if (decision.kind === "refused")
    throw httpError(
      409,
      `${HTTP_ERRORS[409]} Tidings sends this interaction itself. Change its metaData or externalId, cancel it while it is scheduled, or report its outcome.`,
      ...decision.faults,
    );
  requireScope(caller, decision.kind === "notes" ? "interaction:write" : "interaction:send");
  if (decision.kind === "notes") return await change(transaction, record.id, decision.changes);
  if (decision.kind === "receipt")
    return await changeInteraction(transaction, record.id, decision.changes, {
      reportedBy: caller.actor,
    });
  const { status: _, failureDescriptionLong, ...notes } = decision.changes;
  const reason = failureDescriptionLong ?? "Canceled over the REST resources.";
  await cancelScheduled(transaction, [record.id], { by: { reportedBy: caller.actor }, reason });
  return await change(transaction, record.id, notes);
}

async function change(
  transaction: Db,
  id: InteractionId,
  changes: Partial<LoggedFields>,
): Promise<void> {
  if (Object.keys(changes).length > 0) await changeInteraction(transaction, id, changes);
}
