import { z } from "@hono/zod-openapi";
import { canInteract, type Permission } from "../../guard/can-interact.ts";

import { CHANNELS, THEMES, VERDICT_OUTCOMES } from "../../domain/vocabulary.ts";
import type { HttpDeps } from "../core/deps.ts";
import { unprocessable } from "../core/http-error.ts";
import { Moment } from "../core/moment.ts";
import { answers, body, operation } from "../core/operation.ts";
import { textOf } from "../core/parameters.ts";
import { Subject } from "./body.ts";
import { DESCRIPTIONS } from "./descriptions.ts";
import { PersonPath } from "./operations.ts";
import { contactOf, loansOf, personOf } from "./resolve-references.ts";

const id = textOf(200).min(1);

const Considered = z
  .strictObject({
    channel: z.enum(CHANNELS).openapi(DESCRIPTIONS.channel),
    contactId: id.nullable().default(null).openapi({
      description:
        "Id of the borrower's contact, or `ext-` followed by its external id. Null: the contact that a notice would be sent to, for email and text.",
      example: "CT-118",
    }),
    theme: z.enum(THEMES).nullable().default(null).openapi({
      description: "The purpose. Null: opsServicing, unless there is a subject.",
      example: "opsCollDebt",
    }),
    subject: Subject.nullable().default(null).openapi({
      description:
        "The subject of a published template of the channel, instead of a theme. The properties of the template's messages count.",
      example: "bankruptcyDismissed",
    }),
    loanIds: z
      .array(id)
      .max(100)
      .nullable()
      .default(null)
      .openapi({ description: "The loans it is about. Null: all of the borrower.", example: null }),
    isTransactional: z
      .boolean()
      .default(true)
      .openapi({ description: "False for advertising.", example: true }),
    at: Moment.nullable().default(null).openapi({
      description:
        "The time of the communication. Null: now. A time that has passed is judged by what was known then.",
      example: "2031-03-04T15:02:00Z",
    }),
  })
  .refine(({ theme, subject }) => theme === null || subject === null, {
    path: ["subject"],
    message: "cannot be sent with a theme",
  })
  .openapi("Considered", { description: "A communication that somebody considers." });

const outcome = z.enum(VERDICT_OUTCOMES);
const until = z
  .string()
  .openapi({ description: "A time in UTC.", example: "2031-03-05T13:00:00Z" });
const PermissionAnswer = z
  .strictObject({
    result: outcome.openapi({
      description:
        "allow; wait: not before `until`; redirect: to `to` instead; hold: a person decides; refuse.",
      example: "wait",
    }),
    until: until.nullable().openapi({
      description: "Of wait: ask again at this time. Of allow: the permission ends at this time.",
    }),
    ruleId: z.string().nullable().openapi({
      description: "The rule that decided. `tidings rules show` explains it.",
      example: "time.window",
    }),
    short: z.string().nullable().openapi({ description: "A label.", example: "Outside hours" }),
    long: z.string().nullable().openapi({
      description: "A sentence that says what to do.",
      example: "It is outside of 8:00 to 21:00 where the borrower may be.",
    }),
    log: z
      .array(
        z.strictObject({
          ruleId: z.string().openapi({ description: "The rule.", example: "time.window" }),
          outcome: outcome.openapi({ description: "Its result.", example: "wait" }),
          until: until.optional(),
        }),
      )
      .openapi({ description: "Every rule that did not simply allow.", example: [] }),
    contactId: z.string().nullable().openapi({
      description: "The contact that was judged; null if there is none.",
      example: "CT-118",
    }),
    requires: z.array(z.string()).openapi({
      description: "The requirements that the message must satisfy.",
      example: ["opt-out-notice"],
    }),
    to: z
      .strictObject({
        party: z
          .enum(["borrower", "attorney", "estate"])
          .optional()
          .openapi({ description: "The person.", example: "attorney" }),
        channel: z
          .enum(CHANNELS)
          .optional()
          .openapi({ description: "The channel.", example: "mail" }),
        contactId: z
          .string()
          .optional()
          .openapi({ description: "The contact.", example: "CT-119" }),
      })
      .nullable()
      .openapi({ description: "Of redirect: the person or channel instead.", example: null }),
  })
  .openapi("Permission", {
    description: "Whether a borrower may be communicated with. Nothing was sent or written.",
  });

export const CAN_INTERACT = operation(
  { scope: "interaction:read", refuses: [404] },
  {
    method: "post",
    path: "/people/{personId}/can-interact",
    operationId: "canInteract",
    tags: ["Interactions"],
    summary: "Ask whether a borrower may be communicated with",
    description:
      "Judges a communication by the facts, the policy and the rules of a real send, and writes nothing. The status is 200 also if it is not permitted.",
    request: { params: PersonPath, body: body(Considered) },
    responses: answers(PermissionAnswer, "The answer of the compliance rules."),
  },
);

/** Answers one question. Throws 404 and 422 for what it names and is not on record. */
export async function answerCanInteract(
  { db, clock, homeCountry }: HttpDeps,
  personId: string,
  asked: z.output<typeof Considered>,
): Promise<z.input<typeof PermissionAnswer>> {
  const { channel, theme, subject, isTransactional, at } = asked;
  const { id: borrowerId } = await personOf(db, personId);
  const contact =
    asked.contactId === null
      ? undefined
      : await contactOf(db, borrowerId, { contactId: asked.contactId }, homeCountry);
  const loanIds =
    asked.loanIds === null
      ? undefined
      : await loansOf(db, asked.loanIds, (index) => `loanIds[${index}]`);
  const considered = {
    borrowerId,
    channel,
    contactId: contact?.contactId ?? undefined,
    about: subject === null ? (theme === null ? undefined : { theme }) : { subject },
    loanIds,
    isTransactional,
  };
  const now = clock();
  const moment = { at: at ?? now, country: homeCountry } as const;
  const known = at !== null && at < now ? "then" : "now";
  const answer = await canInteract(db, considered, { ...moment, known });
  if (answer.kind === "answered") return shown(answer.permission);
  const [field, message] = UNKNOWN[answer.what];
  throw unprocessable(field, message);
}

const shown = ({ log, requires, to, ...others }: Permission): z.input<typeof PermissionAnswer> => ({
  ...others,
  log: [...log],
  requires: [...requires],
  to: to ?? null,
});

const UNKNOWN = {
  borrower: ["at", "is a time at which the borrower was not known"],
  contact: ["contactId", "names no contact that was known at that time"],
  channel: ["contactId", "is required, because no rule chooses a contact for this channel"],
  subject: ["subject", "names no published template of this channel"],
  loan: ["loanIds", "names a loan that was not known at that time"],
} as const;
