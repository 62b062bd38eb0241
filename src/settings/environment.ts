import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js";
import { z } from "zod";
import { isLoopback } from "../domain/loopback.ts";
import { type Relays, readRelays } from "../domain/receipts/relay.ts";
import { hostsOf } from "../domain/values/database-hosts.ts";

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

const msOf = (word: string): number =>
  Number(word.slice(0, -1)) * UNITS_MS[word.slice(-1) as keyof typeof UNITS_MS];

/** One wait such as `96h` (ms). */
const wait = z
  .string()
  .regex(/^\d+[smh]$/, "must be a wait such as `96h`")
  .transform(msOf);

/** Waits such as `5m 30m 2h` (ms); `none` means no retry. */
const waits = z
  .string()
  .regex(/^(none|\d+[smh]( \d+[smh])*)$/, "must be waits such as `5m 30m 2h`, or `none`")
  .transform((text) => (text === "none" ? [] : text.split(" ").map(msOf)));

/** Addresses, numbers, or all. A pattern that can match neither is a mistake and would stop all messages. */
const RECIPIENT_PATTERN = /^(\*|[^\s@,]+@[^\s@,]+|\+[\d*]+)$/;

const CONTENT_KEY_BYTES = 32;
/** Keys in base64. An unreadable key is a fault, because without it content would be stored in the clear. */
const contentKeys = z
  .string()
  .transform((text) => text.split(",").map((key) => key.trim()))
  .refine(
    (keys) => keys.every((key) => Buffer.from(key, "base64").length === CONTENT_KEY_BYTES),
    "must be keys of 32 bytes in base64, such as `openssl rand -base64 32` prints, the one that seals first",
  )
  .optional();

/** A key of Ed25519, whose secret half is any 32 bytes. */
const signingKey = z
  .string()
  .transform((text) => Buffer.from(text, "base64"))
  .refine(
    (key) => key.length === 32,
    "must be 32 bytes in base64, such as `openssl rand -base64 32` prints",
  )
  .optional();

/** An https URL, or an http URL of this machine. */
export const isProtected = (url: string): boolean =>
  url.startsWith("https://") || (url.startsWith("http://") && isLoopback(new URL(url).hostname));

/** These keys decide which tokens are valid, so they are fetched over TLS or from this machine. */
const keySetUrl = z
  .string()
  .refine((text) => URL.canParse(text) && isProtected(text), "must be an https URL");

const urlLike = (example: string, protocol: RegExp): z.ZodURL =>
  z.url({ protocol, error: `must be a URL such as \`${example}\`` });
const webUrl = urlLike("https://lender.example", /^https?$/);

/** The URL of a database, with one host or several. */
const databaseUrl = z
  .string()
  .refine(
    (text) => /^postgres(ql)?:/.test(text) && hostsOf(text).every((one) => URL.canParse(one)),
    "must be a URL such as `postgres://user:password@host:5432/database`",
  );

/** The webhooks of relays, as JSON. */
const relays = z.string().transform((text, context): Relays => {
  try {
    return readRelays(text);
  } catch (error) {
    // the message names fields and no value
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : "" });
    return z.NEVER;
  }
});

/** A mailbox by TLS, or on this machine: the password would leave in clear text otherwise. */
const mailboxUrl = z
  .string()
  .refine(
    (text) =>
      URL.canParse(text) &&
      (text.startsWith("imaps://") ||
        (text.startsWith("imap://") && isLoopback(new URL(text).hostname))),
    "must be a URL such as `imaps://user:password@host:993/INBOX`",
  );

/** A name or value without visible text would fail every notice when it is due, so it is refused here. */
const visibleText = z.string().trim().min(1, "must not be blank");
const phone = z
  .string()
  .refine(
    (text) =>
      parsePhoneNumberFromString(text, { defaultCountry: "US", extract: false })?.isPossible() ===
      true,
    "must be a phone number, such as `+1 614 555 0100`",
  );

const country = z
  .string()
  .refine(
    (code) => isSupportedCountry(code),
    "must be a country's code of two letters (ISO 3166-1), such as `US`",
  );

/** A list of BCP 47 tags in the form of the tables. */
const languages = z
  .string()
  .transform((text) => text.split(",").map((tag) => tag.trim()))
  .refine(
    (tags) => tags.every((tag) => /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag)),
    "must be BCP 47 codes with commas between, such as `en,es`",
  );
const timeZone = z
  .string()
  .refine(
    (zone) => Intl.supportedValuesOf("timeZone").includes(zone) || zone === "UTC",
    "must be an IANA time zone",
  );
const whole = (fallback: number, least: number, most: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(least).max(most).default(fallback);

const portNumber = z.coerce.number().int().min(0).max(65_535);

/** Every setting with its form and its default. */
export const ENVIRONMENT = z.object({
  DATABASE_URL: databaseUrl.optional(),
  DATA_DIR: z.string().min(1).default(".tidings"),
  DELIVERY: z.enum(["sandbox", "live"]).default("sandbox"),
  RECIPIENTS_ALLOWED: z
    .string()
    .transform((text) => text.split(",").map((pattern) => pattern.trim()))
    .refine(
      (patterns) => patterns.every((pattern) => RECIPIENT_PATTERN.test(pattern)),
      "must be patterns such as `*@example.com,+1614*`",
    )
    .optional(),
  SMTP_URL: urlLike("smtps://user:password@host:465", /^smtps?$/).optional(),
  EMAIL_FROM: z
    .string()
    .regex(
      /^[^\r\n]*@[^\r\n]+$/,
      "must be an address, such as `Example Lender <notices@lender.example>`",
    )
    .optional(),
  EMAIL_BOUNCE_ADDRESS: z
    .string()
    .regex(/^[^\s<>,@]+@[^\s<>,@]+$/, "must be a bare address, such as `bounces@lender.example`")
    .optional(),
  EMAIL_BOUNCE_TOKENS: z.enum(["yes", "no"]).default("no"),
  MAIL_PORT: portNumber.optional(),
  MAIL_HOST: z.string().min(1).default("127.0.0.1"),
  MAIL_IMAP_URL: mailboxUrl.optional(),
  RELAYS: relays.optional(),
  SES_TOPIC_ARN: z
    .string()
    .regex(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+$/, "must be the ARN of a topic of Amazon SNS")
    .optional(),
  MAIL_PROTOCOL: z.enum(["lmtp", "smtp"]).default("lmtp"),
  TWILIO_ACCOUNT_SID: z.string().startsWith("AC", "must begin with AC").optional(),
  TWILIO_AUTH_TOKEN: z.string().min(1).optional(),
  TWILIO_FROM: z.string().startsWith("+", "must begin with + and the country's code").optional(),
  TWILIO_MESSAGING_SERVICE_SID: z.string().startsWith("MG", "must begin with MG").optional(),
  TWILIO_ANSWERS_KEYWORDS: z.enum(["yes", "no"]).default("yes"),
  TWILIO_API_URL: webUrl.optional(),
  CONTENT_KEY: contentKeys,
  RECORD_SIGNING_KEY: signingKey,
  EMAIL_RETRIES: waits.prefault("5m 30m 2h 6h 12h 12h 12h 12h"),
  TEXT_RETRIES: waits.prefault("1m 10m 1h 4h 12h"),
  EMAIL_WITHIN: wait.prefault("120h"),
  TEXT_WITHIN: wait.prefault("72h"),
  EMAIL_SETTLES: waits.prefault("1m"),
  TEXT_SETTLES: waits.prefault("15s 1m 5m 15m"),
  EMAIL_RECEIPT_WITHIN: wait.prefault("120h"),
  TEXT_RECEIPT_WITHIN: wait.prefault("72h"),
  TEXT_POLLS: waits.prefault("15s 1m 5m 15m 1h 4h"),
  EMAIL_CONNECTIONS: whole(10, 1, 100),
  TEXT_CONNECTIONS: whole(20, 1, 200),
  LENDER_NAME: visibleText.default("Example Lender"),
  LENDER_POSTAL_ADDRESS: visibleText.default("1 Example Street, Springfield, OH 45501"),
  LENDER_PHONE: phone.default("+1 614 555 0100"),
  LENDER_WEBSITE: webUrl.default("https://lender.example"),
  LENDER_COUNTRY: country.default("US"),
  LENDER_TIME_ZONE: timeZone.default("America/New_York"),
  LENDER_LANGUAGES: languages.prefault("en"),
  EMAIL_PER_SECOND: z.coerce.number().positive().optional(),
  TEXT_PER_SECOND: z.coerce.number().positive().optional(),
  HTTP_PORT: portNumber.optional(),
  HTTP_HOST: z.string().min(1).default("127.0.0.1"),
  HTTP_PUBLIC_URL: webUrl.optional(),
  API_PER_SECOND: whole(50, 1, 100_000),
  OAUTH_JWKS_URL: keySetUrl.optional(),
  OAUTH_ISSUER: z.string().min(1).optional(),
  OAUTH_AUDIENCE: z.string().min(1).optional(),
  OAUTH_TOKEN_MAX_AGE: wait.prefault("24h"),
  OAUTH_TOKEN_TYPE: z.string().min(1).optional(),
  MIGRATION_LOCK_TIMEOUT: wait.prefault("5s"),
  MIGRATION_STATEMENT_TIMEOUT: wait.prefault("10m"),
  CONCURRENCY: whole(6, 1, 64),
  INTAKE_POLL_MS: whole(15, 1, 1_000),
  AUDIT_DAYS: whole(3, 0, 366),
  METRICS_PORT: portNumber.optional(),
  METRICS_HOST: z.string().min(1).default("127.0.0.1"),
  LOG_HEARTBEAT_SECONDS: whole(30, 1, 3_600),
  SHUTDOWN_SECONDS: whole(25, 1, 600),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});
/** The settings as they were read. */
export type Environment = z.infer<typeof ENVIRONMENT>;

/** All settings, as `.env.example` lists them. */
export const SETTINGS: readonly string[] = Object.keys(ENVIRONMENT.shape);
