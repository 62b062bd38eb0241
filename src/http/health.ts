import { OpenAPIHono, createRoute, z } from "@hono/zod-openapi";
import type { Db } from "../store/postgres/db.ts";
import { readMigrationState } from "../store/migrate/migration-state.ts";
import { isQueueStuck } from "../store/queue/readiness.ts";
import { countUnresolved } from "../store/resolve/resolve-queue.ts";
import type { HttpEnv } from "./core/caller.ts";
import type { HttpDeps } from "./core/deps.ts";

const STUCK_MS = 60_000;
/** Probes usually wait no longer than this. */
const CHECK_TIMEOUT_MS = 3_000;
const CACHE_MS = 1_000;

const CHECKS = ["database", "migrations", "queue", "resolving"] as const;
type Check = (typeof CHECKS)[number];

const json = <Schema>(schema: Schema, description: string) => ({
  description,
  content: { "application/json": { schema } },
});
const Alive = z
  .strictObject({ status: z.literal("alive").openapi({ description: "Always `alive`." }) })
  .openapi("Alive", { description: "The process answers." });
const Readiness = z
  .strictObject({
    status: z
      .enum(["ready", "notReady"])
      .openapi({ description: "Whether this daemon can do its work." }),
    failing: z
      .array(z.enum(CHECKS))
      .openapi({ description: "The checks that failed.", example: [] }),
    unresolvedCaseChanges: z.int().nullable().openapi({
      description:
        "The number of case changes that wait to be resolved; null if the database does not answer.",
      example: 0,
    }),
  })
  .openapi("Readiness", { description: "Whether Tidings can do its work." });

const HEALTHZ = createRoute({
  method: "get",
  path: "/healthz",
  operationId: "isAlive",
  tags: ["Health"],
  summary: "Check that the process is alive",
  description: "Answers as long as the process runs. Checks nothing else.",
  security: [],
  responses: { 200: json(Alive, "The process is alive.") },
});

const READYZ = createRoute({
  method: "get",
  path: "/readyz",
  operationId: "isReady",
  tags: ["Health"],
  summary: "Check that Tidings can work",
  description:
    "Checks that the database answers, that its migrations are those of this program, that the queue is being worked on, and that case changes are resolved. The result is reused for a second.",
  security: [],
  responses: { 200: json(Readiness, "Ready."), 503: json(Readiness, "Not ready.") },
});

/** For supervisors and load balancers. No key is needed, and the responses contain nothing confidential. */
export function healthRoutes({ healthDb }: Pick<HttpDeps, "healthDb">): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>();
  const check = createReadinessCheck(healthDb);
  app.openapi(HEALTHZ, (c) => c.json({ status: "alive" as const }, 200));
  app.openapi(READYZ, async (c) => {
    const found = await check();
    const body = { ...found, failing: [...found.failing] };
    return body.failing.length === 0
      ? c.json({ status: "ready" as const, ...body }, 200)
      : c.json({ status: "notReady" as const, ...body }, 503);
  });
  return app;
}

interface ReadinessResult {
  readonly failing: readonly Check[];
  readonly unresolvedCaseChanges: number | null;
}

const UNREACHABLE: ReadinessResult = { failing: ["database"], unresolvedCaseChanges: null };

/**
 * Everyone may call it, so the database is queried at most once a second and never twice at the same time. Requests
 * that arrive during a check share its result.
 */
function createReadinessCheck(db: Db): () => Promise<ReadinessResult> {
  let checking: Promise<ReadinessResult> | undefined;
  let checkedAt = -Infinity;
  let found: ReadinessResult = UNREACHABLE;

  async function check(): Promise<ReadinessResult> {
    const work = runChecks(db);
    // a check that hangs is not repeated while it hangs
    void work.finally(() => (checking = undefined));
    found = await withTimeout(CHECK_TIMEOUT_MS, work);
    checkedAt = performance.now();
    return found;
  }

  return async () => {
    if (performance.now() - checkedAt < CACHE_MS) return found;
    checking ??= check();
    return await checking;
  };
}

async function runChecks(db: Db): Promise<ReadinessResult> {
  try {
    const { pending } = await readMigrationState(db);
    const isStuck = await isQueueStuck(db, STUCK_MS);
    const unresolved = await countUnresolved(db);
    const failing = [
      ...(pending.length > 0 ? (["migrations"] as const) : []),
      ...(isStuck ? (["queue"] as const) : []),
      ...(unresolved.isStuck ? (["resolving"] as const) : []),
    ];
    return { failing, unresolvedCaseChanges: unresolved.caseChanges };
  } catch {
    return UNREACHABLE;
  }
}

function withTimeout(ms: number, work: Promise<ReadinessResult>): Promise<ReadinessResult> {
  const { promise, resolve } = Promise.withResolvers<ReadinessResult>();
  const timer = setTimeout(() => resolve(UNREACHABLE), ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
