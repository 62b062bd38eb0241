import { z } from "@hono/zod-openapi";
import { list, one } from "../core/envelope.ts";
import { NewType, NotificationType, TypeUpdate } from "./schema.ts";
import { IdempotencyHeaders } from "../core/idempotency.ts";
import { answers, body, operation } from "../core/operation.ts";
import { cursorParameter, limitParameter, wholeParameter } from "../core/parameters.ts";

const TAGS = ["Notification types"];
const versionParameter = wholeParameter({
  description: "The version; by default the active one, otherwise the newest.",
  example: 1,
}).optional();
const idPath = z.strictObject({
  notificationTypeId: wholeParameter({ description: "Id of the notification type.", example: 7 }),
});

export const CREATE = operation(
  { scope: "notificationType:write", refuses: [404, 409] },
  {
    method: "post",
    path: "/notification-types",
    operationId: "createNotificationType",
    tags: TAGS,
    summary: "Create a notification type",
    description:
      "Creates a type with version 1. With typeId it is a copy of that type, except for id, version, status and times; fields of the body take precedence.",
    request: {
      headers: IdempotencyHeaders,
      query: z.strictObject({
        typeId: wholeParameter({ description: "The type to copy.", example: 7 }).optional(),
        version: wholeParameter({
          description: "The version to copy; by default the active one, otherwise the newest.",
          example: 1,
        }).optional(),
      }),
      body: body(NewType),
    },
    responses: answers(one(NotificationType), "The type as it was created."),
  },
);

export const LIST = operation(
  { scope: "notificationType:read" },
  {
    method: "get",
    path: "/notification-types",
    operationId: "listNotificationTypes",
    tags: TAGS,
    summary: "List notification types",
    description:
      "Newest first, each type once: in its active version, otherwise in the newest. endingBefore takes precedence over startingAfter.",
    request: {
      query: z.strictObject({
        loanTypeId: z
          .string()
          .regex(
            /^ext-|^[A-Z]{2}-[A-Z0-9]+-[A-Z0-9]+|^\d+$/,
            "must be the id of a loan type, such as LT-1234-ABCD or digits, or ext- followed by its external id",
          )
          .optional()
          .openapi({
            description:
              "Only types that are linked to case types of this loan type: its id, or `ext-` followed by its external id.",
            example: "ext-mortgage",
          }),
        limit: limitParameter,
        startingAfter: cursorParameter("Returns the page after this id, in list order."),
        endingBefore: cursorParameter("Returns the page before this id, in list order."),
      }),
    },
    responses: answers(list(NotificationType, {}), "A page of types."),
  },
);

export const READ = operation(
  { scope: "notificationType:read", refuses: [404] },
  {
    method: "get",
    path: "/notification-types/{notificationTypeId}",
    operationId: "getNotificationType",
    tags: TAGS,
    summary: "Read a notification type",
    request: { params: idPath, query: z.strictObject({ version: versionParameter }) },
    responses: answers(one(NotificationType), "The version."),
  },
);

export const UPDATE = operation(
  { scope: "notificationType:write", refuses: [404, 409] },
  {
    method: "put",
    path: "/notification-types/{notificationTypeId}",
    operationId: "updateNotificationType",
    tags: TAGS,
    summary: "Change a notification type",
    description:
      "Fields that are left out keep their values. A draft is edited in place. An active version can change only to deprecated. Any other change of it creates the next version, which becomes active and deprecates the version before, unless status is draft. Deprecated is final.",
    request: {
      params: idPath,
      query: z.strictObject({ version: versionParameter }),
      body: body(TypeUpdate),
    },
    responses: answers(one(NotificationType), "The version that was changed or created."),
  },
);
