import { z } from "zod";

/** The words of the email table. A relay's other words are kept as they come, and change nothing. */
const MEANINGS = ["delivered", "delayed", "failed", "relayed", "complaint"] as const;

const path = z
  .string()
  .regex(/^[\w-]+(\.[\w-]+)*$/, "must be names with dots between, such as `event.status`");

const relay = z.strictObject({
  /** At least 128 bits as text. */
  secret: z.string().min(22, "must have at least 22 characters"),
  /** The header with the HMAC-SHA-256 of the body, in hex or base64, and the text before it. */
  signature: z.strictObject({ header: z.string().min(1), prefix: z.string().default("") }),
  /** The path of the events in the body; absent: the body is one event or a list of them. */
  events: path.optional(),
  fields: z.strictObject({
    status: path,
    /** The Message-ID of our email, or the bounce address with its token. */
    message: path,
    code: path.optional(),
    words: path.optional(),
  }),
  statuses: z.record(z.string(), z.enum(MEANINGS)),
});
const relays = z.record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/), relay);

/** The signature and the mapping of the webhook of one relay. */
export type Relay = z.infer<typeof relay>;
export type Relays = Readonly<Record<string, Relay>>;

/** Reads the file of relays. Throws an error that names the fields and no value. */
export function readRelays(text: string): Relays {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new TypeError("the file is not JSON");
  }
  const read = relays.safeParse(json);
  if (read.success) return read.data;
  throw new TypeError(
    read.error.issues.map(({ path: at }) => `${at.join(".")} is wrong`).join("; "),
  );
}
