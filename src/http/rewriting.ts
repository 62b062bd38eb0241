import { z } from "@hono/zod-openapi";
import type { InteractionRecord, LoggedFields } from "../domain/interaction-record.ts";
import type { Caller } from "./caller.ts";
import { CONTENT } from "./content-schema.ts";
import type { HttpDeps } from "./deps.ts";
import { checkTimes, keepContent } from "./logged-fields.ts";
import { misfit } from "./misfit.ts";
import { refusal } from "./refusal.ts";
import { mayRead, plainContent } from "./show-interaction.ts";
import { unfit } from "./unfit.ts";

/** What is to be written when a logged interaction is changed, with its content as it is to be kept. Refuses what would not fit together. */
export function rewriting(
  deps: HttpDeps,
  caller: Caller,
  record: InteractionRecord,
  changes: Partial<LoggedFields>,
): Partial<LoggedFields> {
  const whole = { ...record, ...changes };
  checkTimes(whole);
  if (changes.previousInteractionId === record.id)
    throw unfit("previousInteractionId", "names the interaction itself");
  const touched = ["channel", "content", "sensitive"].some((field) => field in changes);
  return touched ? { ...changes, content: contentOf(deps, caller, record, changes) } : changes;
}

/** Content that was kept before is taken along: it has to fit its channel, and be sealed or opened as sensitive says. */
function contentOf(
  deps: HttpDeps,
  caller: Caller,
  record: InteractionRecord,
  changes: Partial<LoggedFields>,
): object | null {
  const { channel, sensitive } = { ...record, ...changes };
  const isOld = changes.content === undefined;
  if (isOld && !sensitive && !mayRead(record, caller))
    throw refusal(403, "Making content readable needs the scope interaction:read.sensitive.", {
      field: "sensitive",
      says: "cannot be taken back without that scope, unless content is sent as well",
    });
  const content = changes.content === undefined ? plainContent(record, deps) : changes.content;
  const read = z.object({ content: CONTENT[channel].nullable() }).safeParse({ content });
  if (!read.success) throw misfit("json", read.error);
  return keepContent(content, sensitive, deps);
}
