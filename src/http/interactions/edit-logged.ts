import { z } from "@hono/zod-openapi";
import type { InteractionRecord, LoggedFields } from "../../domain/interaction-record.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import { openContent } from "../../seal.ts";
import type { Caller } from "../core/caller.ts";
import { CONTENT } from "./content-schema.ts";
import type { HttpDeps } from "../core/deps.ts";
import { checkTimes, sealIfSensitive } from "./logged-fields.ts";
import { validationError } from "../core/validation-error.ts";
import { httpError } from "../core/http-error.ts";
import { mayRead } from "./show.ts";
import { unprocessable } from "../core/unprocessable.ts";

/** What is to be written when a logged interaction is changed, with its content as it is to be kept. Refuses what would not fit together. */
export function prepareEdit(
  deps: HttpDeps,
  caller: Caller,
  record: InteractionRecord,
  changes: Partial<LoggedFields>,
): Partial<LoggedFields> {
  if (changes.previousInteractionId === record.id)
    throw unprocessable("previousInteractionId", "names the interaction itself");
  if (gives(changes, TIMES)) checkTimes({ ...record, ...changes });
  if (!gives(changes, SAID)) return changes;
  return { ...changes, content: contentOf(deps, caller, record, changes) };
}

const TIMES = ["startedAt", "endedAt", "scheduledAtFrom", "scheduledAtTo"] as const;
const SAID = ["channel", "content", "sensitive"] as const;

/** What stands already is not judged anew: SQL may have written it. */
const gives = (changes: Partial<LoggedFields>, fields: readonly (keyof LoggedFields)[]): boolean =>
  fields.some((field) => field in changes);

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
    throw httpError(403, "Making content readable needs the scope interaction:read.sensitive.", {
      field: "sensitive",
      message: "cannot be taken back without that scope, unless content is sent as well",
    });
  const content =
    changes.content === undefined ? openContent(record.content, deps.seal) : changes.content;
  if (gives(changes, ["channel", "content"])) checkContent(channel, content);
  return sealIfSensitive(content, sensitive, deps);
}

function checkContent(channel: Channel, content: object | null): void {
  const read = z.object({ content: CONTENT[channel].nullable() }).safeParse({ content });
  if (!read.success) throw validationError("json", read.error);
}
