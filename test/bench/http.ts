import { Agent, request } from "node:http";
import { parseBorrowerId } from "../../src/domain/ids.ts";
import { join } from "node:path";
import { SCOPES } from "../../src/domain/vocabulary.ts";
import { generateKey } from "../../src/api-key.ts";
import { insertApiKey } from "../../src/store/api/api-keys.ts";
import { interaction } from "../ids.ts";
import { createDb } from "../../src/store/postgres/db.ts";
import { listInteractions } from "../../src/store/api/interaction-pages.ts";
import { findInteraction } from "../../src/store/api/interaction-record.ts";
import { spawnDaemon } from "../daemon-process.ts";
import { compare, type Comparison, shareOf } from "./compare.ts";
import { EMAIL_TEXT, insertPortfolio, type BenchResult, type Scene } from "./scene.ts";
import { sendBare } from "./wire.ts";

const BORROWERS = shareOf(1_000);
/** The number of interactions of each borrower. */
const INTERACTIONS = 200;
const CONNECTIONS = 10;
const READS = shareOf(5_000);
const PAGES = shareOf(500);

/**
 * Reads one interaction and a page of a hundred over HTTP; the other side runs the bare statement on as many
 * connections.
 */
export async function benchHttp(scene: Scene): Promise<readonly BenchResult[]> {
  await insertPortfolio(scene, BORROWERS);
  await insertInteractions(scene);
  const db = createDb(scene.pool);
  const { key, prefix, hash } = generateKey();
  await insertApiKey(db, { name: "bench", prefix, hash, scopes: SCOPES });
  const daemon = spawnDaemon({
    DATABASE_URL: scene.url,
    DATA_DIR: join(scene.dir, "daemon"),
    HTTP_PORT: "0",
    API_PER_SECOND: "100000",
  });
  const { port } = await daemon.waitFor("http.opened");
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const get = (path: string): Promise<void> => fetchAll({ agent, port: Number(port), path, key });
  const borrower = (n: number): string => `BO-${1 + (n % BORROWERS)}`;
  const pid = daemon.child.pid ?? 0;
  try {
    const one = await compareReads(scene, {
      name: "http: GET /interactions/{id}",
      count: READS,
      pid,
      get: (n) => get(`/interactions/${n}`),
      bare: (n) => findInteraction(db, { reference: { id: interaction(n) } }),
    });
    const page = await compareReads(scene, {
      name: "http: a page of 100",
      count: PAGES,
      pid,
      get: (n) => get(`/people/${borrower(n)}/interactions?limit=100`),
      bare: (n) =>
        listInteractions(
          db,
          { personId: parseBorrowerId(borrower(n)) },
          { sortBy: "createdAt", order: "desc", limit: 100 },
        ),
    });
    return [one, page];
  } finally {
    agent.destroy();
    daemon.child.kill("SIGTERM");
    await daemon.ended;
  }
}

interface Reads {
  readonly name: string;
  readonly count: number;
  readonly pid: number;
  readonly get: (n: number) => Promise<unknown>;
  readonly bare: (n: number) => Promise<unknown>;
}

function compareReads(scene: Scene, { name, count, pid, get, bare }: Reads): Promise<Comparison> {
  const loop = { count, inFlight: CONNECTIONS, postgres: scene };
  return compare({
    name,
    ours: () => sendBare({ ...loop, pid, send: get }),
    others: {
      [`the same statement, bare, on ${CONNECTIONS} connections`]: () =>
        sendBare({ ...loop, send: bare }),
    },
  });
}

/** Interactions as a bulk of emails leaves them. */
async function insertInteractions({ pool }: Scene): Promise<void> {
  await pool.query(
    `insert into tidings.interactions (channel, direction, theme, subject, status, status_details, person_id, contact_id, loan_id, loan_ids, content)
     select 'email', 'outbound', 'opsServicing', 'disputeOfDebtConfirmed', 'succeeded', 'emailDelivered', 'BO-' || b, 'CE-' || b, 'LN-' || b,
       array['LN-' || b], jsonb_build_object('subject', 'Your case', 'bodyText', $1::text, 'to', 'pat.' || b || '@example.com')
     from generate_series(1, ${INTERACTIONS}) n, generate_series(1, ${BORROWERS}) b`,
    [EMAIL_TEXT],
  );
  await pool.query("vacuum analyze");
}

interface Got {
  readonly agent: Agent;
  readonly port: number;
  readonly path: string;
  readonly key: string;
}

/** Node's plain client, because the cost of `fetch` would count as ours. */
function fetchAll({ agent, port, path, key }: Got): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const options = { agent, host: "127.0.0.1", port, path, headers: { "X-API-KEY": key } };
  const asked = request(options, (response) => {
    response.resume();
    response.on("end", () =>
      response.statusCode === 200
        ? resolve()
        : reject(new Error(`${path} answered ${response.statusCode}`)),
    );
  });
  asked.on("error", reject);
  asked.end();
  return promise;
}
