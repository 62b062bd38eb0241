import { Fault } from "./domain/fault.ts";
import type { Lender } from "./domain/lender.ts";
import type { Relays } from "./domain/receipts/relay.ts";
import { sayIssue } from "./domain/values/suggestions.ts";
import type { SendableChannel } from "./domain/vocabulary.ts";
import { ENVIRONMENT, type Environment } from "./settings/environment.ts";
import { findGaps, findMisspelled } from "./settings/gaps.ts";
import { settingsOf } from "./settings/secrets.ts";

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

/** The time within which a notice may be sent after its due time, by channel (ms). */
export const withinOf = ({ channels }: Config): Partial<Record<SendableChannel, number>> =>
  Object.fromEntries(Object.entries(channels).map(([name, { withinMs }]) => [name, withinMs]));
