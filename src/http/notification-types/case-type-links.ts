import { OpenAPIHono, z } from "@hono/zod-openapi";
import { actingAs } from "../../store/postgres/acting-as.ts";
import { findCaseType, findUnknownTypes, replaceLinks } from "../../store/api/case-type-links.ts";
import type { Db } from "../../store/postgres/db.ts";
import { listTypesOfCaseType } from "../../store/api/type-versions.ts";
import { callerOf, type HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { list } from "../core/envelope.ts";
import { NotificationType, showType } from "./schema.ts";
import { answers, body, operation } from "../core/operation.ts";
import { int32 } from "../core/parameters.ts";
import { HTTP_ERRORS, httpError, notFound } from "../core/http-error.ts";

const TAGS = ["Notification types"];
const PATH = "/case-types/{caseTypeId}/notification-types";
const params = z.strictObject({
  caseTypeId: z.string().min(1).openapi({
    description: "The core system's id of the case type.",
    example: "bankruptcy",
  }),
});
const MAX_LINKS = 1_000;

const Links = z
  .strictObject({
    notificationTypeIds: z
      .array(int32().min(1))
      .max(MAX_LINKS)
      .openapi({
        description: "All notification types that are linked to the case type from now on.",
        example: [7, 8],
      }),
  })
  .openapi("CaseTypeLinks", {
    description: "The notification types that are linked to a case type.",
  });

const READ = operation(
  { scope: "notificationType:read", refuses: [404] },
  {
    method: "get",
    path: PATH,
    operationId: "listNotificationTypesOfCaseType",
    tags: TAGS,
    summary: "List the notification types of a case type",
    description:
      "All linked types, newest first, each in its active version, otherwise in the newest.",
    request: { params },
    responses: answers(list(NotificationType, {}), "The linked types."),
  },
);

const REPLACE = operation(
  { scope: "notificationType:write", refuses: [404, 409] },
  {
    method: "put",
    path: PATH,
    operationId: "linkNotificationTypesToCaseType",
    tags: TAGS,
    summary: "Link notification types to a case type",
    description: "Replaces all links of the case type. Repeated ids count once.",
    request: { params, body: body(Links) },
    responses: answers(list(NotificationType, {}), "The types that are linked now."),
  },
);

/** The links between case types and notification types. */
export function caseTypeLinkRoutes({ db }: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>();

  app.openapi(READ, async (c) => {
    const { caseTypeId } = c.req.valid("param");
    if (!(await findCaseType(db, caseTypeId, { lock: false })))
      throw notFound("caseTypeId", "case type");
    const types = await listTypesOfCaseType(db, caseTypeId);
    return c.json({ count: types.length, data: types.map(showType) }, 200);
  });

  app.openapi(REPLACE, async (c) => {
    const { caseTypeId } = c.req.valid("param");
    const { notificationTypeIds } = c.req.valid("json");
    const types = await actingAs(db, callerOf(c).actor, async (transaction) => {
      await replace(transaction, caseTypeId, notificationTypeIds);
      return await listTypesOfCaseType(transaction, caseTypeId);
    });
    return c.json({ count: types.length, data: types.map(showType) }, 200);
  });

  return app;
}

async function replace(transaction: Db, caseTypeId: string, ids: readonly number[]): Promise<void> {
  if (!(await findCaseType(transaction, caseTypeId, { lock: true })))
    throw notFound("caseTypeId", "case type");
  const unknown = await findUnknownTypes(transaction, ids);
  if (unknown.length > 0)
    throw httpError(
      422,
      HTTP_ERRORS[422],
      ...unknown.map((id) => ({
        field: `notificationTypeIds[${ids.indexOf(id)}]`,
        message: "there is no such notification type",
      })),
    );
  await replaceLinks(transaction, caseTypeId, ids);
}
