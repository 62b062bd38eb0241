import type { Context } from "hono";
import { logInteraction } from "../../store/api/interaction-log.ts";
import { callerOf, type HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import type { NewInteractionBody } from "./body.ts";
import { checkTimes, EMPTY, sealIfSensitive, loggedFields } from "./logged-fields.ts";
import { personOf } from "./resolve-references.ts";
import { once } from "../core/idempotency.ts";

/** Keeps a communication that took place, or is to take place, elsewhere. It is never sent. Returns its id. */
export async function logNew(
  deps: HttpDeps,
  c: Context<HttpEnv>,
  { personId, body }: { readonly personId: string; readonly body: NewInteractionBody },
): Promise<string> {
  const { id, name } = callerOf(c);
  return await once(deps, c, async (transaction) => {
    const person = await personOf(transaction, personId);
    const fields = {
      ...EMPTY,
      startedAt: deps.clock(),
      borrower: person.kept,
      ...(await loggedFields(transaction, person, body)),
      channel: body.channel,
      status: body.status,
    };
    checkTimes(fields);
    const content = sealIfSensitive(fields.content, fields.sensitive, deps);
    return await logInteraction(
      transaction,
      { ...fields, content },
      { personId: person.id, createdBy: { id, name } },
    );
  });
}
