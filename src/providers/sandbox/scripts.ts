import { createHash } from "node:crypto";
import type { ScriptedRecipient } from "./scripted-recipients.ts";

/** Returns the script of the recipient, or undefined. */
export type ChooseScript<Script> = (recipient: string, message: string) => Script | undefined;

/** The number of messages for which the first attempt is remembered. */
const REMEMBERED = 10_000;

/** `message` identifies all attempts of one message. A script with `once` applies to the first of them only. */
export function createScripts<Script>(
  recipients: Readonly<Record<string, ScriptedRecipient<Script>>>,
): ChooseScript<Script> {
  const tried = new Set<string>();
  return (recipient, message) => {
    const [, tag = ""] = recipient.split("+");
    const scripted = recipients[recipient] ?? recipients[tag];
    if (scripted?.once !== true) return scripted?.script;
    const key = createHash("sha256").update(`${recipient}\n${message}`).digest("base64");
    if (tried.has(key)) return undefined;
    const [oldest = key] = tried;
    tried.add(key);
    if (tried.size > REMEMBERED) tried.delete(oldest);
    return scripted.script;
  };
}
