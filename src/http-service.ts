import { systemClock } from "./clock.ts";
import type { Config, HttpConfig } from "./config.ts";
import type { Emit } from "./domain/events.ts";
import { createApp } from "./http/app.ts";
import { openServer } from "./http/server.ts";
import { closePool, createDb, openPool, type Db } from "./store/postgres/db.ts";
import { createSignatureCheck } from "./providers/twilio/callbacks.ts";
import { createReceiptIntake } from "./receipt-intake.ts";
import { createSnsReader, fetchFromSns } from "./providers/ses/sns.ts";
import type { SnsEndpoint } from "./http/core/callbacks.ts";
import { createReplyIntake } from "./reply-intake.ts";
import { createPolicyReader } from "./store/guard/policy.ts";
import type { Outages } from "./store/postgres/outages.ts";
import { createSeal, deriveKeys } from "./seal.ts";
import { getOrCreateSecret } from "./store/api/secrets.ts";

interface HttpServiceOptions {
  readonly config: Config;
  readonly http: HttpConfig;
  readonly databaseUrl: string;
  readonly emit: Emit;
  readonly outages: Outages;
  /** The tokens with which Twilio may sign; none if texts are not carried. */
  readonly twilioTokens: readonly string[];
}

/** Callers have separate connections, so their requests never use those of the jobs. */
export const HTTP_CONNECTIONS = { requests: 10, receipts: 1, health: 1 } as const;
const STATEMENT_MS = 15_000;
const HEALTH_STATEMENT_MS = 3_000;
/** The time for which requests may continue when the daemon stops (ms). Then they are cut off. */
const DRAIN_MS = 5_000;

/** Serves the REST resources until `open` is disposed. */
export async function openHttp(
  open: AsyncDisposableStack,
  { config, http, databaseUrl, emit, outages, twilioTokens }: HttpServiceOptions,
): Promise<void> {
  const connect = (max: number, statementMs: number): Db => {
    const onLost = (code: string): void => emit("connection.lost", { code });
    const pool = openPool({ url: databaseUrl, actor: "api", max, onLost, statementMs });
    open.defer(() => closePool(pool));
    return createDb(pool);
  };
  const { requests, receipts, health } = HTTP_CONNECTIONS;
  const db = connect(requests, STATEMENT_MS);
  const seal = createSeal(config.contentKeys);
  const app = createApp({
    db,
    healthDb: connect(health, HEALTH_STATEMENT_MS),
    clock: systemClock,
    emit,
    seal,
    signingKeys: await signingKeys(db, config),
    tokens: http.tokens,
    publicUrl: http.publicUrl,
    perSecond: http.perSecond,
    lender: config.lender,
    callbacks: {
      isOfTwilio: twilioTokens.length === 0 ? undefined : createSignatureCheck(twilioTokens),
      twilioAnswersKeywords: config.twilioAnswersKeywords,
      relays: config.relays,
      sns: snsEndpoint(config),
      takeText: createReplyIntake({
        db,
        emit,
        clock: systemClock,
        seal,
        lender: config.lender,
        readPolicy: createPolicyReader(),
      }),
      keep: createReceiptIntake({ db: connect(receipts, STATEMENT_MS), emit, outages }),
    },
    homeCountry: config.lender.country,
  });
  const server = await openServer(app.fetch, http);
  open.defer(() => server.stop(Math.min(config.shutdownMs, DRAIN_MS)));
  emit("http.opened", { port: server.port });
}

const snsEndpoint = ({ snsTopicArn: topicArn }: Config): SnsEndpoint | undefined =>
  topicArn === undefined
    ? undefined
    : { read: createSnsReader({ topicArn, now: systemClock }), confirm: fetchFromSns };

const SIGNING = "signedPaths";

/**
 * With a content key the signing keys are derived from it, so that no secret in the database can open sealed content.
 * Without one nothing is sealed and a secret in the database is enough: anyone who can read the secret can also read
 * the content.
 */
async function signingKeys(db: Db, { contentKeys }: Config): Promise<readonly Buffer[]> {
  if (contentKeys.length > 0) return deriveKeys(contentKeys, SIGNING);
  return [await getOrCreateSecret(db, SIGNING)];
}
