import { z } from "@hono/zod-openapi";

const MAX_KEYS = 50;
const MAX_KEY_LENGTH = 100;
const MAX_VALUE_LENGTH = 500;

const lengthOf = (value: unknown): number => {
  const written = typeof value === "string" ? value : JSON.stringify(value);
  return Array.from(written).length;
};

/** The lender's own notes. Lengths are counted in code points, those of values that are not texts in their JSON form. */
export const MetaData = z.record(z.string(), z.unknown()).superRefine((notes, context) => {
  const entries = Object.entries(notes);
  const addError = (message: string, path: string[] = []): void =>
    context.addIssue({ code: "custom", message, path });
  if (entries.length > MAX_KEYS) addError(`must have at most ${MAX_KEYS} keys`);
  for (const [key, value] of entries) {
    if (lengthOf(key) > MAX_KEY_LENGTH)
      addError(`must have keys of at most ${MAX_KEY_LENGTH} characters`);
    if (lengthOf(value) > MAX_VALUE_LENGTH)
      addError(`must be at most ${MAX_VALUE_LENGTH} characters long`, [key]);
  }
});
