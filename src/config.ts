import { readFileSync } from "node:fs";
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js";
import { z } from "zod";
import { hostsOf } from "./domain/values/database-hosts.ts";
import { nearestWord } from "./domain/values/did-you-mean.ts";
import { Fault } from "./domain/fault.ts";
import { isLoopback } from "./domain/loopback.ts";
import { sayIssue } from "./domain/values/suggestions.ts";
import { type Relays, readRelays } from "./domain/receipts/relay.ts";
import type { Lender } from "./domain/lender.ts";
import type { SendableChannel } from "./domain/vocabulary.ts";

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
const isProtected = (url: string): boolean =>
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

const ENVIRONMENT = z.object({
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
type Environment = z.infer<typeof ENVIRONMENT>;

/** The settings of live email. */
export interface EmailConfig {
  readonly url: string;
  readonly from: string;
}

/** The settings of live texts: a number or a messaging service as the sender. */
export interface TextConfig {
  readonly accountSid: string;
  readonly authToken: string;
  readonly from?: string;
  readonly messagingServiceSid?: string;
  readonly apiUrl?: string;
}

/** The issuer of accepted tokens. */
export interface TokenConfig {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  readonly maxAgeMs: number;
  /** The `typ` that a token must have; undefined: any. */
  readonly type: string | undefined;
}

/** The address of the listener for reports and replies by email. */
export interface MailConfig {
  readonly port: number;
  readonly host: string;
  readonly protocol: "lmtp" | "smtp";
}

/** The settings that every channel has. */
export interface ChannelConfig {
  /** The wait before the second attempt, the third and so on (ms). */
  readonly retries: readonly number[];
  /**
   * The time within which a notice may be sent after it became due, or after its change arrived if that was later (ms).
   */
  readonly withinMs: number;
  /** The waits before an unknown outcome is settled, one per lookup (ms). */
  readonly settleWaits: readonly number[];
  /** The time after the last report within which another one is expected (ms). */
  readonly receiptWithinMs: number;
  /** Concurrent calls to the provider. */
  readonly connections: number;
  /** Messages per second; undefined: no limit. */
  readonly perSecond: number | undefined;
}

/** The address of the REST resources, and the accepted credentials. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** The address that callers use; undefined: URLs in answers are paths. */
  readonly publicUrl: string | undefined;
  /** Requests per second of one caller, or of one address without valid credentials. */
  readonly perSecond: number;
  /** Undefined: only API keys are accepted. */
  readonly tokens: TokenConfig | undefined;
}

export interface Config {
  /** Undefined: the embedded Postgres under `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly delivery: "sandbox" | "live";
  /** Patterns of the recipients that are allowed in live delivery; null: everyone. */
  readonly recipientsAllowed: readonly string[] | null;
  /** Undefined in the sandbox, or if the channel is not configured. */
  readonly email: EmailConfig | undefined;
  readonly text: TextConfig | undefined;
  /** In base64. The first seals sensitive content; the others only open it. */
  readonly contentKeys: readonly string[];
  /** The key that signs the heads of the record tree: 32 bytes. Undefined: they are not signed. */
  readonly signingKey: Buffer | undefined;
  /** Undefined: no port is opened. */
  readonly http: HttpConfig | undefined;
  /** The public address of the installation, also if another daemon listens there, without a slash at its end; undefined: it has none. */
  readonly publicUrl: string | undefined;
  /** The address of the metrics; undefined: no port is opened. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** The time between two heartbeat lines in the log. */
  readonly logHeartbeatSeconds: number;
  readonly lender: Lender;
  /** Settings with the example lender's values although delivery is live. */
  readonly exampleSettings: readonly string[];
  /** Variables that are no setting and look like one that is not set, as `SMPT_URL: did you mean SMTP_URL?`. */
  readonly misspelled: readonly string[];
  /** The sender of each channel: an address with a name, a number, or a messaging service. */
  readonly senders: Readonly<Record<SendableChannel, string>>;
  /** The envelope's sender; undefined: the address of the sender of emails. */
  readonly bounceAddress: string | undefined;
  /** True if the envelope's sender has a signed token of the message. */
  readonly bounceTokens: boolean;
  /** False if Twilio's own answers to keywords are turned off. */
  readonly twilioAnswersKeywords: boolean;
  /** The listener for reports and replies by email; undefined: no port is opened. */
  readonly mail: MailConfig | undefined;
  /** The topic of Amazon SNS with notifications of Amazon SES; undefined: none are taken in. */
  readonly snsTopicArn: string | undefined;
  /** The webhooks of relays, by their names. */
  readonly relays: Relays;
  /** The mailbox with reports and replies; undefined: none is read. */
  readonly imapUrl: string | undefined;
  readonly channels: Readonly<Record<SendableChannel, ChannelConfig>>;
  /**
   * The waits before each look at an accepted text, if Twilio cannot call back (ms). The last one repeats; empty: it is not looked up.
   */
  readonly textPolls: readonly number[];
  /** The limits of a migration: the wait for a lock, and the run of a statement (ms). */
  readonly migration: { readonly lockMs: number; readonly statementMs: number };
  readonly concurrency: number;
  /** The pause between two looks for new case changes (ms). */
  readonly intakePollMs: number;
  /** The days before today that the daily audit covers; 0 for no audit. */
  readonly auditDays: number;
  readonly shutdownMs: number;
  readonly logLevel: string;
}

const EXAMPLE_FROM = "Example Lender <notices@lender.example>";
/** Twilio's number for tests */
const EXAMPLE_NUMBER = "+15005550006";

/** All settings, as `.env.example` lists them. */
export const SETTINGS: readonly string[] = Object.keys(ENVIRONMENT.shape);

/**
 * Settings that live delivery needs together. If only some of them are set, it is a fault; if none is set, the channel
 * is not carried.
 */
const TOGETHER: readonly (readonly (keyof Environment)[])[] = [
  ["SMTP_URL", "EMAIL_FROM"],
  ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"],
];

const TOKENS_TOGETHER = [["OAUTH_JWKS_URL", "OAUTH_ISSUER", "OAUTH_AUDIENCE"]] as const;

const findMissing = (
  env: Environment,
  groups: readonly (readonly (keyof Environment)[])[],
): string[] =>
  groups
    .filter((group) => group.some((name) => env[name] !== undefined))
    .flatMap((group) => group.filter((name) => env[name] === undefined))
    .map((name) => `${name} is missing`);

/** A local part has at most 64 characters (RFC 5321), and the token of a message up to 31. */
const fitsToken = (address = ""): boolean => /^[^+@]{1,30}@/u.test(address);

function findGaps(env: Environment): string[] {
  const gaps = findMissing(env, TOKENS_TOGETHER);
  if (env.EMAIL_BOUNCE_TOKENS === "yes" && !fitsToken(env.EMAIL_BOUNCE_ADDRESS))
    gaps.push(
      "EMAIL_BOUNCE_TOKENS needs EMAIL_BOUNCE_ADDRESS, without a + and with at most 30 characters before the @",
    );
  if (env.LENDER_COUNTRY !== "US" && !env.LENDER_PHONE.startsWith("+"))
    gaps.push("LENDER_PHONE must begin with + and the country's code");
  if (env.DELIVERY === "sandbox") return gaps;
  gaps.push(...findMissing(env, TOGETHER));
  if (env.SMTP_URL === undefined && env.TWILIO_ACCOUNT_SID === undefined)
    gaps.push(
      "DELIVERY=live needs SMTP_URL and EMAIL_FROM, or TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or both",
    );
  if (
    env.TWILIO_ACCOUNT_SID !== undefined &&
    (env.TWILIO_FROM ?? env.TWILIO_MESSAGING_SERVICE_SID) === undefined
  )
    gaps.push("TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID is missing");
  if (env.TWILIO_API_URL !== undefined && !isProtected(env.TWILIO_API_URL))
    gaps.push(
      "TWILIO_API_URL must be an https URL, because the auth token, numbers and texts would leave in clear text",
    );
  return gaps;
}

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
function settingsOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // an empty variable counts as not set, because compose files and shells write missing values like this
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const secrets = SECRETS.map((name) => [name, readSecret(name, given)] as const);
  return { ...given, ...Object.fromEntries(secrets.filter(([, value]) => value !== undefined)) };
}

/** Reads the environment. Throws one CONFIG_INVALID that names every fault and no value. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = settingsOf(environment);
  const read = ENVIRONMENT.safeParse(given);
  if (!read.success) {
    const faults = read.error.issues.map((issue) => `${issue.path.join(".")}: ${sayIssue(issue)}`);
    throw new Fault("CONFIG_INVALID", [...faults, ...findMisspelled(given)].join("; "));
  }
  const gaps = findGaps(read.data);
  if (gaps.length > 0)
    throw new Fault("CONFIG_INVALID", [...gaps, ...findMisspelled(given)].join("; "));
  return {
    ...configOf(read.data),
    exampleSettings: exampleSettings(read.data, given),
    misspelled: findMisspelled(given),
  };
}

const OF_THE_LENDER = [
  "LENDER_NAME",
  "LENDER_POSTAL_ADDRESS",
  "LENDER_PHONE",
  "LENDER_WEBSITE",
] as const;

const exampleSettings = ({ DELIVERY }: Environment, given: object): readonly string[] =>
  DELIVERY === "live" ? OF_THE_LENDER.filter((name) => !(name in given)) : [];

/** Variables of other programs whose names are near ours. */
const OF_OTHERS = new Set(["HTTP_PROXY", "HTTPS_PORT", "HTTPS_HOST", "HTTP_HOSTS"]);
/** Shorter names are near too many others. */
const SHORTEST_NAME = 6;
const MOST_TYPING_ERRORS = 2;

/** The environment has variables of other programs, so only what differs by a typing error or two counts. */
function findMisspelled(given: object): readonly string[] {
  const settings = [...SETTINGS, ...SECRETS.map((name) => `${name}_FILE`)];
  const unknown = Object.keys(given).filter(
    (name) => name.length >= SHORTEST_NAME && !settings.includes(name) && !OF_OTHERS.has(name),
  );
  return unknown.flatMap((name) => {
    const near = nearestWord(name, settings, MOST_TYPING_ERRORS);
    return near === undefined || near in given ? [] : [`${name}: did you mean ${near}?`];
  });
}

function configOf(env: Environment): Omit<Config, "exampleSettings" | "misspelled"> {
  const live = env.DELIVERY === "live";
  return {
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DATA_DIR,
    delivery: env.DELIVERY,
    recipientsAllowed: live ? (env.RECIPIENTS_ALLOWED ?? null) : null,
    email:
      live && env.SMTP_URL && env.EMAIL_FROM
        ? { url: env.SMTP_URL, from: env.EMAIL_FROM }
        : undefined,
    text: live ? textOf(env) : undefined,
    contentKeys: env.CONTENT_KEY ?? [],
    signingKey: env.RECORD_SIGNING_KEY,
    http: httpOf(env),
    publicUrl: env.HTTP_PUBLIC_URL?.replace(/\/+$/, ""),
    metrics: metricsOf(env),
    logHeartbeatSeconds: env.LOG_HEARTBEAT_SECONDS,
    lender: lenderOf(env),
    senders: {
      email: env.EMAIL_FROM ?? EXAMPLE_FROM,
      text:
        (live ? (env.TWILIO_FROM ?? env.TWILIO_MESSAGING_SERVICE_SID) : undefined) ??
        EXAMPLE_NUMBER,
    },
    bounceAddress: env.EMAIL_BOUNCE_ADDRESS,
    bounceTokens: env.EMAIL_BOUNCE_TOKENS === "yes",
    twilioAnswersKeywords: env.TWILIO_ANSWERS_KEYWORDS === "yes",
    mail: mailOf(env),
    imapUrl: env.MAIL_IMAP_URL,
    relays: env.RELAYS ?? {},
    snsTopicArn: env.SES_TOPIC_ARN,
    channels: channelsOf(env),
    migration: migrationOf(env),
    textPolls: env.TEXT_POLLS,
    concurrency: env.CONCURRENCY,
    intakePollMs: env.INTAKE_POLL_MS,
    auditDays: env.AUDIT_DAYS,
    shutdownMs: env.SHUTDOWN_SECONDS * 1_000,
    logLevel: env.LOG_LEVEL,
  };
}

const lenderOf = (env: Environment): Lender => ({
  name: env.LENDER_NAME,
  postalAddress: env.LENDER_POSTAL_ADDRESS,
  phone: env.LENDER_PHONE,
  website: env.LENDER_WEBSITE,
  country: env.LENDER_COUNTRY,
  timeZone: env.LENDER_TIME_ZONE,
  languages: env.LENDER_LANGUAGES,
});

const migrationOf = (env: Environment): Config["migration"] => ({
  lockMs: env.MIGRATION_LOCK_TIMEOUT,
  statementMs: env.MIGRATION_STATEMENT_TIMEOUT,
});

const mailOf = ({ MAIL_PORT: port, MAIL_HOST: host, MAIL_PROTOCOL: protocol }: Environment) =>
  port === undefined ? undefined : { port, host, protocol };

const metricsOf = ({ METRICS_HOST: host, METRICS_PORT: port }: Environment): Config["metrics"] =>
  port === undefined ? undefined : { host, port };

const channelsOf = (env: Environment): Config["channels"] => ({
  email: {
    retries: env.EMAIL_RETRIES,
    withinMs: env.EMAIL_WITHIN,
    settleWaits: env.EMAIL_SETTLES,
    receiptWithinMs: env.EMAIL_RECEIPT_WITHIN,
    connections: env.EMAIL_CONNECTIONS,
    perSecond: env.EMAIL_PER_SECOND,
  },
  text: {
    retries: env.TEXT_RETRIES,
    withinMs: env.TEXT_WITHIN,
    settleWaits: env.TEXT_SETTLES,
    receiptWithinMs: env.TEXT_RECEIPT_WITHIN,
    connections: env.TEXT_CONNECTIONS,
    perSecond: env.TEXT_PER_SECOND,
  },
});

function textOf(env: Environment): TextConfig | undefined {
  if (!env.TWILIO_ACCOUNT_SID || !env.TWILIO_AUTH_TOKEN) return undefined;
  return {
    accountSid: env.TWILIO_ACCOUNT_SID,
    authToken: env.TWILIO_AUTH_TOKEN,
    ...(env.TWILIO_FROM && { from: env.TWILIO_FROM }),
    ...(env.TWILIO_MESSAGING_SERVICE_SID && {
      messagingServiceSid: env.TWILIO_MESSAGING_SERVICE_SID,
    }),
    ...(env.TWILIO_API_URL && { apiUrl: env.TWILIO_API_URL }),
  };
}

function tokensOf(env: Environment): TokenConfig | undefined {
  const { OAUTH_JWKS_URL: jwksUrl, OAUTH_ISSUER: issuer, OAUTH_AUDIENCE: audience } = env;
  if (!jwksUrl || !issuer || !audience) return undefined;
  const { OAUTH_TOKEN_MAX_AGE: maxAgeMs, OAUTH_TOKEN_TYPE: type } = env;
  return { jwksUrl, issuer, audience, maxAgeMs, type };
}

function httpOf(env: Environment): HttpConfig | undefined {
  if (env.HTTP_PORT === undefined) return undefined;
  return {
    host: env.HTTP_HOST,
    port: env.HTTP_PORT,
    publicUrl: env.HTTP_PUBLIC_URL,
    perSecond: env.API_PER_SECOND,
    tokens: tokensOf(env),
  };
}

/** Shows protocol, host and path only: credentials may also be in a query or a fragment. */
function maskUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

const maskHttp = ({ publicUrl, tokens, ...rest }: HttpConfig): HttpConfig => ({
  ...rest,
  publicUrl: publicUrl && maskUrl(publicUrl),
  tokens: tokens && {
    ...tokens,
    jwksUrl: maskUrl(tokens.jwksUrl),
    issuer: maskUrl(tokens.issuer),
  },
});

/** The time within which a notice may be sent after its due time, by channel (ms). */
export const withinOf = ({ channels }: Config): Partial<Record<SendableChannel, number>> =>
  Object.fromEntries(Object.entries(channels).map(([name, { withinMs }]) => [name, withinMs]));

/** The configuration in a form that may be shown: no password, no token, no sender's address. */
export function maskConfig(config: Config): object {
  const { email, text, lender, senders: _senders, bounceAddress: _bounces, ...rest } = config;
  return {
    ...rest,
    recipientsAllowed: config.recipientsAllowed && `${config.recipientsAllowed.length} patterns`,
    contentKeys: `${config.contentKeys.length} keys`,
    signingKey: config.signingKey && "***",
    databaseUrl:
      config.databaseUrl === undefined
        ? "embedded"
        : hostsOf(config.databaseUrl).map(maskUrl).join(" "),
    http: config.http && maskHttp(config.http),
    publicUrl: config.publicUrl && maskUrl(config.publicUrl),
    imapUrl: config.imapUrl && maskUrl(config.imapUrl),
    relays: Object.keys(config.relays),
    // the log redacts a field called text, because it could be the text of a message
    smtp: email && { url: maskUrl(email.url) },
    twilio: text && {
      apiUrl: maskUrl(text.apiUrl ?? "https://api.twilio.com"),
      accountSid: "***",
      authToken: "***",
    },
    timeZone: lender.timeZone,
    languages: lender.languages,
  };
}
