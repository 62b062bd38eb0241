import type { Context } from "hono";
import { logInteraction, nextInteractionId } from "../../store/api/interaction-log.ts";
import { sealIfSensitive } from "../../seal.ts";
import { callerOf, type HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { withIdempotencyKey } from "../core/idempotency.ts";
import type { NewInteractionBody } from "./body.ts";
import { checkTimes, EMPTY, loggedFields } from "./logged-fields.ts";
import { personOf } from "./resolve-references.ts";

/** Stores a communication that takes place elsewhere. Tidings never sends it. Returns its id. */
export async function logNew(
  deps: HttpDeps,
  c: Context<HttpEnv>,
  { personId, body }: { readonly personId: string; readonly body: NewInteractionBody },
): Promise<string> {
  const { id: authorId, name } = callerOf(c);
  return await withIdempotencyKey(deps, c, async (transaction) => {
    const person = await personOf(transaction, personId);
    const fields = {
      ...EMPTY,
      startedAt: deps.clock(),
      borrower: person.stored,
      ...(await loggedFields(transaction, person, body, deps)),
      channel: body.channel,
      status: body.status,
    };
    checkTimes(fields);
    // sealed content is bound to the id of its interaction, so the id is taken first
    const interactionId = await nextInteractionId(transaction);
    const content = sealIfSensitive(deps.seal, fields.content, { ...fields, interactionId });
    await logInteraction(
      transaction,
      { ...fields, content },
      { id: interactionId, personId: person.id, createdBy: { id: authorId, name } },
    );
    return interactionId;
  });
}
