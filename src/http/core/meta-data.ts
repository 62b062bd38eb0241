import { z } from "@hono/zod-openapi";

const MOST_KEYS = 50;
const LONGEST_KEY = 100;
const LONGEST_VALUE = 500;

const lengthOf = (value: unknown): number => {
  const written = typeof value === "string" ? value : JSON.stringify(value);
  return Array.from(written).length;
};

/** Notes of the lender's own. Characters are counted as people do, and values that are no text as they are written in JSON. */
export const MetaData = z.record(z.string(), z.unknown()).superRefine((notes, context) => {
  const entries = Object.entries(notes);
  const addError = (message: string, path: string[] = []): void =>
    context.addIssue({ code: "custom", message, path });
  if (entries.length > MOST_KEYS) addError(`must have at most ${MOST_KEYS} keys`);
  for (const [key, value] of entries) {
    if (lengthOf(key) > LONGEST_KEY)
      addError(`must have keys of at most ${LONGEST_KEY} characters`);
    if (lengthOf(value) > LONGEST_VALUE)
      addError(`must be at most ${LONGEST_VALUE} characters long`, [key]);
  }
});
