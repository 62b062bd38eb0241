import { z } from "@hono/zod-openapi";
import { list, one } from "../core/envelope.ts";
import { NewType, NotificationType, TypeUpdate } from "./schema.ts";
import { OnceHeaders } from "../core/idempotency.ts";
import { answers, body, operation } from "../core/operation.ts";
import { cursorParameter, limitParameter, wholeParameter } from "../core/parameters.ts";

const TAGS = ["Notification types"];
const versionParameter = wholeParameter({
  description: "The version that is meant; unless given the active one, else the newest.",
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
    summary: "Make a notification type",
    description:
      "Makes a new type, as version 1. With typeId it is a copy: everything is taken over but id, version, status and times, and fields of the body win.",
    request: {
      headers: OnceHeaders,
      query: z.strictObject({
        typeId: wholeParameter({ description: "The type to copy.", example: 7 }).optional(),
        version: wholeParameter({
          description: "The version of it; unless given the active one, else the newest.",
          example: 1,
        }).optional(),
      }),
      body: body(NewType),
    },
    responses: answers(one(NotificationType), "The type as it was made."),
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
      "Newest first, each type once: in its active version, else the newest. With both cursors endingBefore wins.",
    request: {
      query: z.strictObject({
        loanTypeId: z
          .string()
          .regex(
            /^ext-|^[A-Z]{2}-[A-Z0-9]+-[A-Z0-9]+|^\d+$/,
            "must be a loan type's id, such as LT-1234-ABCD or digits, or ext- and its external id",
          )
          .optional()
          .openapi({
            description:
              "Only types that answer to case types of this product: its id, or ext- and its external id.",
            example: "ext-mortgage",
          }),
        limit: limitParameter,
        startingAfter: cursorParameter("The page that begins just after this id, in list order."),
        endingBefore: cursorParameter("The page that ends just before this id, in list order."),
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
    responses: answers(one(NotificationType), "The version that is meant."),
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
      "Fields that are left out keep their values. A draft is edited in place. An active version changes only to deprecated: any other change of it writes the next version, which is active as well unless status says draft, and deprecates the one before. Deprecated is final.",
    request: {
      params: idPath,
      query: z.strictObject({ version: versionParameter }),
      body: body(TypeUpdate),
    },
    responses: answers(one(NotificationType), "The version that was changed or written."),
  },
);
