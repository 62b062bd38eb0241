import { OpenAPIHono, createRoute, z } from "@hono/zod-openapi";
import type { Db } from "../store/postgres/db.ts";
import { readMigrationState } from "../store/postgres/migration-state.ts";
import { isQueueStuck } from "../store/queue/readiness.ts";
import type { HttpEnv } from "./core/caller.ts";
import type { HttpDeps } from "./core/deps.ts";

const STUCK_MS = 60_000;
/** Longer than the pool waits for a connection is of no use to whoever probes. */
const PATIENCE_MS = 3_000;

const CHECKS = ["database", "migrations", "queue"] as const;
type Check = (typeof CHECKS)[number];

const json = <Schema>(schema: Schema, description: string) => ({
  description,
  content: { "application/json": { schema } },
});
const Alive = z
  .strictObject({ status: z.literal("alive").openapi({ description: "It answers." }) })
  .openapi("Alive", { description: "The process answers." });
const Readiness = z
  .strictObject({
    status: z.enum(["ready", "notReady"]).openapi({ description: "Whether to send work here." }),
    failing: z.array(z.enum(CHECKS)).openapi({ description: "What does not hold.", example: [] }),
  })
  .openapi("Readiness", { description: "Whether Tidings can do its work." });

const HEALTHZ = createRoute({
  method: "get",
  path: "/healthz",
  operationId: "isAlive",
  tags: ["Health"],
  summary: "Is it alive?",
  description: "Answers as long as the process does; looks at nothing else.",
  security: [],
  responses: { 200: json(Alive, "It is.") },
});

const READYZ = createRoute({
  method: "get",
  path: "/readyz",
  operationId: "isReady",
  tags: ["Health"],
  summary: "Can it work?",
  description:
    "Looks whether the database answers, its migrations are those of this program, and somebody works on the queue.",
  security: [],
  responses: { 200: json(Readiness, "It can."), 503: json(Readiness, "It cannot.") },
});

/** For supervisors: no key is needed, and nothing is said that only its callers may know. */
export function healthRoutes({ db }: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>();
  app.openapi(HEALTHZ, (c) => c.json({ status: "alive" as const }, 200));
  app.openapi(READYZ, async (c) => {
    const failing = await findFailing(db);
    return failing.length === 0
      ? c.json({ status: "ready" as const, failing }, 200)
      : c.json({ status: "notReady" as const, failing }, 503);
  });
  return app;
}

async function findFailing(db: Db): Promise<Check[]> {
  try {
    const [{ pending }, stuck] = await within(
      PATIENCE_MS,
      Promise.all([readMigrationState(db), isQueueStuck(db, STUCK_MS)]),
    );
    return [
      ...(pending.length > 0 ? (["migrations"] as const) : []),
      ...(stuck ? (["queue"] as const) : []),
    ];
  } catch {
    return ["database"];
  }
}

function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("too slow")), ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
