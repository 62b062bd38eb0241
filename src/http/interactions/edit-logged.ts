import { z } from "@hono/zod-openapi";
import type { InteractionRecord, LoggedFields } from "../../domain/interaction-record.ts";
import { isSealed } from "../../domain/sealed-content.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import { sealIfSensitive } from "../../seal.ts";
import type { Caller } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { missingScope, unprocessable } from "../core/http-error.ts";
import { validationError } from "../core/validation-error.ts";
import { CONTENT } from "./content-schema.ts";
import { checkTimes } from "./logged-fields.ts";
import { contentOf, mayRead } from "./sensitive.ts";

/**
 * The updates that change a logged interaction, in order, with content as it is stored. Throws where the fields are not
 * valid together. Fields that the caller does not change are not checked, because SQL may have written them.
 */
export function prepareEdit(
  deps: HttpDeps,
  caller: Caller,
  record: InteractionRecord,
  changes: Partial<LoggedFields>,
): readonly Partial<LoggedFields>[] {
  if (changes.previousInteractionId === record.id)
    throw unprocessable("previousInteractionId", "cannot be the interaction itself");
  if (changesAny(changes, TIMES)) checkTimes({ ...record, ...changes });
  if (!changesAny(changes, CONTENT_FIELDS)) return [changes];
  const edited = { ...changes, content: newContent(deps, caller, record, changes) };
  return [...sealBefore(deps, record, edited), edited];
}

const TIMES = ["startedAt", "endedAt", "scheduledAtFrom", "scheduledAtTo"] as const;
const CONTENT_FIELDS = ["channel", "content", "sensitive"] as const;

const changesAny = (
  changes: Partial<LoggedFields>,
  fields: readonly (keyof LoggedFields)[],
): boolean => fields.some((field) => field in changes);

/**
 * Content that is not changed is included: it must fit the channel, and `sensitive` decides whether it is sealed or
 * opened.
 */
function newContent(
  deps: HttpDeps,
  caller: Caller,
  record: InteractionRecord,
  changes: Partial<LoggedFields>,
): object | null {
  const { channel, sensitive } = { ...record, ...changes };
  const stays = changes.content === undefined;
  if (stays && !sensitive && !mayRead(record, caller))
    throw missingScope("interaction:read.sensitive", {
      field: "sensitive",
      message: "cannot become false without that scope, unless new content is sent as well",
    });
  const content = changes.content === undefined ? contentOf(deps, record) : changes.content;
  if (changesAny(changes, ["channel", "content"])) checkContent(channel, content);
  return sealIfSensitive(deps.seal, content, { sensitive, interactionId: record.id, channel });
}

function checkContent(channel: Channel, content: object | null): void {
  const read = z.object({ content: CONTENT[channel].nullable() }).safeParse({ content });
  if (!read.success) throw validationError("json", read.error);
}

/**
 * The history keeps the old content as it was stored. Where the new content is sealed and the old one is not, or with an
 * older key, an update before the change seals the old content in the same way.
 */
function sealBefore(
  { seal }: HttpDeps,
  record: InteractionRecord,
  { content }: Partial<LoggedFields>,
): Partial<LoggedFields>[] {
  const before = record.content;
  if (seal === undefined || before === null || !isSealed(content ?? null)) return [];
  if (isSealed(before) && before.sealed.keyId === seal.keyId) return [];
  const owner = { interactionId: record.id, channel: record.channel };
  const sealed = isSealed(before) ? seal.reseal(before, owner) : seal.seal(before, owner);
  return [{ sensitive: true, content: sealed }];
}
