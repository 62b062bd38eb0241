import { OpenAPIHono, z } from "@hono/zod-openapi";
import { changeType } from "../decide/change-type.ts";
import type { TypeFields, TypeVersion } from "../domain/type-version.ts";
import { actingAs } from "../store/acting-as.ts";
import type { Db } from "../store/db.ts";
import {
  editDraft,
  findTypeVersion,
  insertNextVersion,
  insertType,
  listTypeVersions,
  lockType,
  moveVersion,
} from "../store/type-versions.ts";
import { actorOf, callerOf, type HttpEnv } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";
import { list, one, success } from "./envelope.ts";
import {
  DEFAULTS,
  NewType,
  NotificationType,
  showType,
  TypeUpdate,
} from "./notification-type-schema.ts";
import { once, OnceHeaders } from "./once.ts";
import { answers, body, operation } from "./operation.ts";
import { cursorParameter, DEFAULT_LIMIT, limitParameter, wholeParameter } from "./parameters.ts";
import { notFound, refusal } from "./refusal.ts";

const TAGS = ["Notification types"];
const versionParameter = wholeParameter({
  description: "The version that is meant; unless given the active one, else the newest.",
  example: 1,
}).optional();
const idPath = z.strictObject({
  notificationTypeId: wholeParameter({ description: "Id of the notification type.", example: 7 }),
});

const CREATE = operation(
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

const LIST = operation(
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

const READ = operation(
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

const UPDATE = operation(
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

/** The resource of the notification types, in versions. */
export function notificationTypeRoutes(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const { db } = deps;
  const app = new OpenAPIHono<HttpEnv>();

  app.openapi(CREATE, async (c) => {
    const { typeId, version } = c.req.valid("query");
    if (typeId === undefined && version !== undefined)
      throw refusal(400, "Say of which type.", { field: "typeId", says: "is needed by version" });
    const given = known(c.req.valid("json"));
    const made = await once(deps, c, async (transaction) => {
      const source = typeId === undefined ? undefined : await find(transaction, typeId, version);
      return String(await create(transaction, given, source));
    });
    return c.json(success(showType(await find(db, Number(made), 1))), 200);
  });

  app.openapi(LIST, async (c) => {
    const { limit = DEFAULT_LIMIT, ...page } = c.req.valid("query");
    const types = await listTypeVersions(db, { ...page, limit });
    return c.json({ count: types.length, data: types.map(showType) }, 200);
  });

  app.openapi(READ, async (c) => {
    const { notificationTypeId } = c.req.valid("param");
    const found = await find(db, notificationTypeId, c.req.valid("query").version);
    return c.json(success(showType(found)), 200);
  });

  app.openapi(UPDATE, async (c) => {
    const { notificationTypeId: id } = c.req.valid("param");
    const { version } = c.req.valid("query");
    const given = known(c.req.valid("json"));
    const changed = await actingAs(db, actorOf(callerOf(c)), async (transaction) => {
      await lockType(transaction, id);
      return await update(transaction, await find(transaction, id, version), given);
    });
    return c.json(success(showType(changed)), 200);
  });

  return app;
}

async function find(db: Db, id: number, version?: number): Promise<TypeVersion> {
  const found = await findTypeVersion(db, id, version);
  if (found !== undefined) return found;
  if (version === undefined || (await findTypeVersion(db, id)) === undefined)
    throw notFound("notificationTypeId", "notification type");
  throw notFound("version", "version of this notification type");
}

/** Written as a draft and then moved, so that the same guards hold as for whoever activates it later. */
async function create(
  transaction: Db,
  given: Partial<TypeFields>,
  source: TypeVersion | undefined,
): Promise<number> {
  const { status = "draft" } = given;
  const fields = { ...DEFAULTS, ...source, ...given };
  const id = await insertType(transaction, fields, source);
  await moveVersion(transaction, { id, version: 1 }, status);
  return id;
}

/** Returns the version that was changed, or written. */
async function update(
  transaction: Db,
  current: TypeVersion,
  given: Partial<TypeFields>,
): Promise<TypeVersion> {
  const { id, version } = current;
  const change = changeType(current, given);
  if (change.is === "nothing") return current;
  if (change.is === "refused")
    throw refusal(409, "This version cannot be changed so.", change.fault);
  if (change.is === "move") {
    await moveVersion(transaction, current, change.status);
    return await find(transaction, id, version);
  }
  if (change.is === "edit") {
    await editDraft(transaction, current, change.fields);
    await moveVersion(transaction, current, change.fields.status);
    return await find(transaction, id, version);
  }
  const next = await insertNextVersion(transaction, change.fields, current);
  await moveVersion(transaction, { id, version: next }, change.fields.status);
  return await find(transaction, id, next);
}

/** Without the keys that were not given. */
function known(given: z.output<typeof TypeUpdate>): Partial<TypeFields> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
