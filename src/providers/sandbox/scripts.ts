import { createHash } from "node:crypto";
import type { Magic } from "./magic-recipients.ts";

/** Which play a message gets: that of its recipient, or none. */
export type ChoosePlay<Play> = (recipient: string, message: string) => Play | undefined;

/** How many messages with a play of their own for the first attempt are remembered. */
const REMEMBERED = 10_000;

/** `message` tells one message's attempts from another message's; a play meant for one attempt is given once for it. */
export function openPlays<Play>(
  recipients: Readonly<Record<string, Magic<Play>>>,
): ChoosePlay<Play> {
  const tried = new Set<string>();
  return (recipient, message) => {
    const magic = recipients[recipient];
    if (magic?.once !== true) return magic?.play;
    const key = createHash("sha256").update(`${recipient}\n${message}`).digest("base64");
    if (tried.has(key)) return undefined;
    const [oldest = key] = tried;
    tried.add(key);
    if (tried.size > REMEMBERED) tried.delete(oldest);
    return magic.play;
  };
}
