import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { AMENDMENT_KINDS } from "../../domain/vocabulary.ts";
import { insertAmendment } from "../../store/operate/amendments.ts";
import { actingAs } from "../../store/postgres/acting-as.ts";
import { callerOf, type HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { one, success } from "../core/envelope.ts";
import { notFound } from "../core/http-error.ts";
import { answers, body, operation } from "../core/operation.ts";
import { InteractionPath } from "./operations.ts";
import { interactionOf } from "./resolve-references.ts";

const words = (most: number, description: string, example: string) =>
  z.string().trim().min(1).max(most).openapi({ description, example });

const NewAmendment = z
  .strictObject({
    kind: z.enum(AMENDMENT_KINDS).openapi({
      description:
        "receiptWrong: a provider reported something that did not happen. settlementWrong: an unknown outcome was settled with a wrong result. lostByCarrier: the message was accepted and lost afterwards.",
      example: "lostByCarrier",
    }),
    status: z.enum(["attempted", "succeeded", "failed"]).openapi({
      description: "The correct status.",
      example: "failed",
    }),
    reason: words(1000, "Why it is corrected.", "The carrier has lost the message."),
    evidence: words(
      2000,
      "The evidence of the correct outcome.",
      "Letter of the carrier of 2031-03-10, file 55",
    ),
    happenedAt: z.iso.datetime({ offset: true }).nullable().default(null).openapi({
      description: "When it happened, if that is known.",
      example: "2031-03-09T12:00:00Z",
    }),
  })
  .openapi("NewAmendment", { description: "A correction of a recorded outcome." });

const Amendment = z
  .strictObject({
    id: z.string().openapi({ description: "Id of the amendment.", example: "7" }),
    interactionId: z.string().openapi({ description: "The interaction.", example: "1042" }),
  })
  .openapi("Amendment", { description: "An amendment on record." });

export const AMEND = operation(
  { scope: "interaction:amend", refuses: [404, 409] },
  {
    method: "post",
    path: "/interactions/{interactionId}/amendments",
    operationId: "amendInteraction",
    tags: ["Interactions"],
    summary: "Correct a recorded outcome",
    description:
      "Adds an entry that states the correct outcome. The interaction and its history stay as they are, and nothing is sent. The caller is on record.",
    request: { params: InteractionPath, body: body(NewAmendment) },
    responses: answers(one(Amendment), "The amendment."),
  },
);

/** Adds one amendment in the caller's name. */
export async function amendOne(
  { db }: HttpDeps,
  c: Context<HttpEnv>,
  path: { readonly interactionId: string },
  { happenedAt, ...asked }: z.output<typeof NewAmendment>,
): Promise<z.input<ReturnType<typeof one<typeof Amendment>>>> {
  const { id: interactionId } = await interactionOf(db, path);
  const moment = happenedAt === null ? null : new Date(happenedAt);
  const id = await actingAs(db, callerOf(c).actor, (transaction) =>
    insertAmendment(transaction, { interactionId, ...asked, happenedAt: moment }),
  );
  if (id === undefined) throw notFound("interactionId", "interaction");
  return success({ id, interactionId });
}
