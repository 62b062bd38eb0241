import { Hono } from "hono";
import type { HttpDeps } from "./core/deps.ts";
import { healthRoutes } from "./health.ts";

/** A page of metrics. */
export interface MetricsPage {
  readonly text: string;
  readonly contentType: string;
}

export interface MetricsDeps extends Pick<HttpDeps, "healthDb"> {
  readonly renderMetrics: () => Promise<MetricsPage>;
}

/**
 * Serves /metrics, /healthz and /readyz without credentials. It has a separate port, so that a daemon without
 * REST resources has metrics too, and so that a scraper needs no key for the resources.
 */
export function createMetricsApp({ healthDb, renderMetrics }: MetricsDeps): Hono {
  const app = new Hono();
  app.route("/", healthRoutes({ healthDb }));
  app.get("/metrics", async (c) => {
    const { text, contentType } = await renderMetrics();
    return c.body(text, 200, { "Content-Type": contentType });
  });
  return app;
}
