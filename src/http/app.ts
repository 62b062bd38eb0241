import { OpenAPIHono } from "@hono/zod-openapi";
import { identify } from "./auth/identify.ts";
import { limitConcurrency } from "./auth/limit-concurrency.ts";
import { recordedContentRoutes } from "./content/routes.ts";
import { answerError } from "./core/answer-error.ts";
import type { HttpEnv } from "./core/caller.ts";
import type { HttpDeps } from "./core/deps.ts";
import { answerUnknown } from "./core/not-found.ts";
import { requestContext } from "./core/request-context.ts";
import { validationError } from "./core/validation-error.ts";
import { documentRoutes, registerComponents } from "./docs/document.ts";
import { healthRoutes } from "./health.ts";
import { INTERACTION_CONSTRAINTS } from "./interactions/constraint-errors.ts";
import { interactionRoutes } from "./interactions/routes.ts";
import { caseTypeLinkRoutes } from "./notification-types/case-type-links.ts";
import { NOTIFICATION_TYPE_CONSTRAINTS } from "./notification-types/constraint-errors.ts";
import { relayRoutes } from "./providers/relay.ts";
import { sesRoutes } from "./providers/ses.ts";
import { twilioInboundRoutes } from "./providers/twilio-inbound.ts";
import { twilioStatusRoutes } from "./providers/twilio-status.ts";
import { notificationTypeRoutes } from "./notification-types/routes.ts";
import { optOutRoutes } from "./opt-out/routes.ts";

/** The REST resources as one app, which answers every request and never throws. */
export function createApp(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>({
    defaultHook: (result) => {
      if (!result.success) throw validationError(result.target, result.error);
    },
  });
  registerComponents(app);
  app.onError(answerError(deps, { ...NOTIFICATION_TYPE_CONSTRAINTS, ...INTERACTION_CONSTRAINTS }));
  app.use(requestContext(deps));
  // before any limit: a supervisor that got a 429 would restart a healthy daemon
  app.route("/", healthRoutes(deps));
  // before the limit of callers: the page has its own limit, and a borrower has no key
  app.route("/", optOutRoutes(deps));

  // before the limit of callers: a provider signs its requests instead of sending a key, and may send more of them than a caller
  app.route("/", twilioStatusRoutes(deps));
  app.route("/", twilioInboundRoutes(deps));
  app.route("/", relayRoutes(deps));
  app.route("/", sesRoutes(deps));

  app.use(identify(deps), limitConcurrency());
  documentRoutes(app);
  app.route("/", notificationTypeRoutes(deps));
  app.route("/", caseTypeLinkRoutes(deps));
  app.route("/", interactionRoutes(deps));
  app.route("/", recordedContentRoutes(deps));

  app.notFound(answerUnknown(app));
  return app;
}
