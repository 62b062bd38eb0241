import type { Config } from "../../config.ts";
import { policyNow } from "../../decide/guard/policy/in-force.ts";
import { Fault } from "../../domain/fault.ts";
import { checkSmtpLogin } from "../../providers/smtp/check-login.ts";
import { checkTwilioAccount } from "../../providers/twilio/check-account.ts";
import { createSeal } from "../../seal.ts";
import { loadPolicyRecord } from "../../store/guard/policy.ts";
import { countSealed } from "../../store/operate/resealing.ts";
import { readClock } from "../../store/postgres/database-clock.ts";
import type { Db } from "../../store/postgres/db.ts";
import { readMigrationState } from "../../store/migrate/migration-state.ts";
import { checkPreconditions, type Place } from "../../store/postgres/preconditions.ts";
import { adviceOn, messageOf } from "../../store/postgres/unreachable.ts";
import { showDuration } from "../cli/moment.ts";
import { type CheckResult, failure, passed, warning } from "./result.ts";

/** A clock that is off by more than this (ms) makes the times of this machine's log misleading. */
const SKEW_MS = 1_000;
const ANSWER_MS = 5_000;

/** The message of an error without its code. It never contains personal data: these errors are about the connection or settings. */
const reasonOf = (error: unknown): string =>
  error instanceof Fault ? error.detail : messageOf(error);

/** Checks the settings that are valid one by one and may still be wrong together. */
export function checkSettings({ delivery, exampleSettings, misspelled }: Config): CheckResult[] {
  const results = [
    delivery === "live"
      ? passed(
          "settings",
          "The settings are valid, and DELIVERY is live: messages leave this machine.",
        )
      : passed(
          "settings",
          "The settings are valid, and DELIVERY is sandbox: nothing leaves this machine.",
        ),
  ];
  if (exampleSettings.length > 0)
    results.push(
      warning(
        "lender",
        `Live notices are signed by the example lender: set ${exampleSettings.join(", ")}.`,
      ),
    );
  for (const one of misspelled)
    results.push(warning("settings", `A variable is not known: ${one}`));
  return results;
}

/** Checks that the database can be reached and is suitable. */
export async function checkDatabase(place: Place): Promise<CheckResult> {
  try {
    await checkPreconditions(place);
    return passed(
      "database",
      "It answers, and its version, encoding, settings and rights are suitable.",
    );
  } catch (error) {
    if (error instanceof Fault) return failure("database", error.detail);
    return failure("database", `It cannot be reached (${reasonOf(error)}): ${adviceOn(error)}.`);
  }
}

/** Compares the migrations of the database with those of this program. */
export async function checkSchema(db: Db): Promise<CheckResult> {
  const { pending, unknown } = await readMigrationState(db);
  if (pending.length > 0)
    return failure("schema", `It lacks ${pending.join(", ")}: run \`tidings migrate\`.`);
  return unknown.length > 0
    ? warning(
        "schema",
        `It has migrations of a newer version (${unknown.join(", ")}): update this program.`,
      )
    : passed("schema", "Every migration of this version is applied.");
}

/** Compares the clock of this machine with that of the database. */
export async function checkClock(db: Db): Promise<CheckResult> {
  const asked = Date.now();
  const theirs = await readClock(db);
  const off = (asked + Date.now()) / 2 - theirs.getTime();
  if (Math.abs(off) <= SKEW_MS)
    return passed("clock", "This machine and the database agree on the time.");
  const how = off > 0 ? "ahead of" : "behind";
  return warning(
    "clock",
    `This machine's clock is ${showDuration(Math.abs(off))} ${how} the database's. Tidings uses the database's, but the log has this machine's times: synchronize it.`,
  );
}

/** Checks that sensitive content can be sealed, and that what is on record can be opened. */
export async function checkKeys(db: Db, contentKeys: readonly string[]): Promise<CheckResult> {
  const known = new Set(contentKeys.map((key) => createSeal([key])?.keyId));
  const sealed = await countSealed(db);
  const missing = sealed.filter(({ keyId }) => !known.has(keyId)).map(({ keyId }) => keyId);
  if (missing.length > 0)
    return failure(
      "contentKey",
      `Content on record is sealed with keys that CONTENT_KEY does not have (${missing.join(", ")}): add them after the first one, or it cannot be read.`,
    );
  return contentKeys.length === 0
    ? warning(
        "contentKey",
        "CONTENT_KEY is not set: sensitive notices wait. Set what `openssl rand -base64 32` prints.",
      )
    : passed("contentKey", "CONTENT_KEY opens all sealed content on record.");
}

/** Signs in at the providers of live delivery without sending anything. */
export async function checkProviders({ delivery, email, text }: Config): Promise<CheckResult[]> {
  if (delivery === "sandbox") return [passed("providers", "The sandbox needs no provider.")];
  return await Promise.all([
    reportOn(
      "email",
      email && (() => checkSmtpLogin(email.url)),
      "Correct SMTP_URL or the account.",
    ),
    reportOn(
      "text",
      text && (() => checkTwilioAccount(text)),
      "Correct TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or the account.",
    ),
  ]);
}

async function reportOn(
  channel: string,
  ask: (() => Promise<string | null>) | undefined,
  remedy: string,
): Promise<CheckResult> {
  if (ask === undefined)
    return warning(channel, "It is not configured, so its notices cannot be sent.");
  const reason = await ask().catch(reasonOf);
  return reason === null
    ? passed(channel, "The provider accepts the login.")
    : failure(channel, `The provider cannot be used: ${reason}. ${remedy}`);
}

/** Asks the public URL of the REST resources whether it leads to Tidings. */
export async function checkPublicUrl({ http }: Config): Promise<CheckResult[]> {
  if (http?.publicUrl === undefined) return [];
  try {
    const response = await fetch(new URL("/healthz", http.publicUrl), {
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const isOurs = response.ok && (await response.text()).includes('"alive"');
    return [
      isOurs
        ? passed("publicUrl", "HTTP_PUBLIC_URL leads to Tidings.")
        : failure(
            "publicUrl",
            `HTTP_PUBLIC_URL answered ${response.status} to /healthz and not as Tidings does: check the proxy in front of it.`,
          ),
    ];
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return [
      failure(
        "publicUrl",
        `HTTP_PUBLIC_URL does not answer (${reasonOf(cause)}): check that a daemon runs and that the address leads to it.`,
      ),
    ];
  }
}

/** Checks that every change of the guard's policy that is in force can be read. */
export async function checkPolicy(db: Db): Promise<CheckResult> {
  const record = await loadPolicyRecord(db);
  const { unreadable, changes } = policyNow(record, await readClock(db));
  if (unreadable.length === 0)
    return passed(
      "policy",
      `All changes of the guard's policy can be read; ${changes.length} of them are in force.`,
    );
  const faults = unreadable.map(
    ({ version, ruleId, errors }) =>
      `change ${version} of ${ruleId}: ${errors.map(({ field, message }) => `${field} ${message}`).join(", ")}`,
  );
  return failure(
    "policy",
    `A change of the guard's policy contradicts itself, and the messages that need it are held. Correct it by another change: ${faults.join("; ")}.`,
  );
}
