import { z } from "zod";
import { LEAF_SOURCES } from "../tree/leaf-sources.ts";
import { PACK_FORMAT } from "./pack.ts";

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const id = z.string().regex(/^-?\d{1,19}$/);
const count = z.int().min(0);

/** The file pack.json: which rows and attempts a pack has. */
export const CONTENTS_SCHEMA = z.object({
  format: z.literal(PACK_FORMAT),
  version: count,
  page: count,
  subject: z.object({ kind: z.enum(["case", "borrower", "interaction"]), id: z.string() }),
  head: z.object({ size: count, root: hex, madeAt: z.string(), keyId: z.string().nullable() }),
  rows: z.array(
    z.object({
      source: z.enum(LEAF_SOURCES),
      id,
      index: count,
      leaf: hex,
      isRedacted: z.boolean(),
      // packs of version 1 do not have it
      boundSize: count.nullish(),
    }),
  ),
  attempts: z.array(
    z.object({
      interactionId: id,
      receiptIds: z.array(id),
      isOpen: z.boolean(),
      message: z.enum(["eml", "txt"]).nullable(),
      isOpened: z.boolean(),
    }),
  ),
  templates: z.array(z.object({ id: count, version: count })),
});
export type Contents = z.infer<typeof CONTENTS_SCHEMA>;
