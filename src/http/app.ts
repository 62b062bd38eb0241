import { OpenAPIHono } from "@hono/zod-openapi";
import { answerError } from "./core/answer-error.ts";
import type { HttpEnv } from "./core/caller.ts";
import { recordedContentRoutes } from "./content/routes.ts";
import { caseTypeLinkRoutes } from "./notification-types/case-type-links.ts";
import type { HttpDeps } from "./core/deps.ts";
import { documentRoutes, registerComponents } from "./docs/document.ts";
import { healthRoutes } from "./health.ts";
import { identify } from "./auth/identify.ts";
import { INTERACTION_RULES } from "./interactions/constraint-errors.ts";
import { interactionRoutes } from "./interactions/routes.ts";
import { validationError } from "./core/validation-error.ts";
import { answerUnknown } from "./core/not-found.ts";
import { NOTIFICATION_TYPE_RULES } from "./notification-types/constraint-errors.ts";
import { notificationTypeRoutes } from "./notification-types/routes.ts";
import { requestContext } from "./core/response-headers.ts";
import { throttle } from "./auth/throttle.ts";

/** The REST resources as one app, which answers every request and throws at none. */
export function openApp(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>({
    defaultHook: (result) => {
      if (!result.success) throw validationError(result.target, result.error);
    },
  });
  registerComponents(app);
  app.onError(answerError(deps, { ...NOTIFICATION_TYPE_RULES, ...INTERACTION_RULES }));
  app.use(requestContext(deps));
  app.route("/", healthRoutes(deps));
  documentRoutes(app);

  app.use(identify(deps), throttle(deps.perSecond));
  app.route("/", notificationTypeRoutes(deps));
  app.route("/", caseTypeLinkRoutes(deps));
  app.route("/", interactionRoutes(deps));
  app.route("/", recordedContentRoutes(deps));

  app.notFound(answerUnknown(app));
  return app;
}
