import { readFileSync } from "node:fs";
import { Fault } from "../domain/fault.ts";

/** The settings that may come from a file, as Docker and Kubernetes mount secrets: NAME_FILE holds the path. */
export const SECRETS = [
  "DATABASE_URL",
  "SMTP_URL",
  "MAIL_IMAP_URL",
  "RELAYS",
  "TWILIO_AUTH_TOKEN",
  "CONTENT_KEY",
  "RECORD_SIGNING_KEY",
] as const;

/** The value of a secret's file, without the line break at its end; undefined where no file is named. */
function readSecret(name: string, given: NodeJS.ProcessEnv): string | undefined {
  const path = given[`${name}_FILE`];
  if (path === undefined) return undefined;
  if (given[name] !== undefined)
    throw new Fault("CONFIG_INVALID", `${name} and ${name}_FILE are set: set one of them`);
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new Fault("CONFIG_INVALID", `${name}_FILE: the file cannot be read (${code})`);
  }
}

/** The variables that are set, with secrets from their files. */
export function settingsOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // an empty variable counts as not set, because compose files and shells write missing values like this
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const secrets = SECRETS.map((name) => [name, readSecret(name, given)] as const);
  return { ...given, ...Object.fromEntries(secrets.filter(([, value]) => value !== undefined)) };
}
