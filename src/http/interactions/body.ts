import { z } from "@hono/zod-openapi";
import { didYouMean } from "../../domain/values/did-you-mean.ts";
import {
  CHANNELS,
  DIRECTIONS,
  INTERACTION_STATUSES,
  THEMES,
  type Channel,
} from "../../domain/vocabulary.ts";
import { BorrowerBody } from "./borrower-schema.ts";
import { ContactBody } from "./contact-schema.ts";
import { AnyContent, CONTENT } from "./content-schema.ts";
import { DESCRIPTIONS } from "./descriptions.ts";
import { MetaData } from "../core/meta-data.ts";
import { Moment } from "../core/moment.ts";
import { textOf } from "../core/parameters.ts";

const MAX_WORD_LENGTH = 100;
const MAX_ID_LENGTH = 200;

const id = textOf(MAX_ID_LENGTH).min(1);
const externalId = id.refine((text) => !text.startsWith("ext-"), {
  error: "must not begin with ext-, which is only for paths",
});
/** The platform adds words to these lists, so only their form is checked. */
export const Subject = textOf(MAX_WORD_LENGTH).regex(
  /^[a-z][A-Za-z0-9]*$/,
  "must be one word in camelCase",
);
export const StatusDetails = textOf(MAX_WORD_LENGTH).regex(
  new RegExp(`^(${CHANNELS.join("|")})[A-Z][A-Za-z0-9]*$`),
  `must be one word in camelCase that begins with one of ${CHANNELS.join(", ")}`,
);

/** All fields of a body except channel and content. */
const FIELDS = {
  contactId: id.nullable().openapi(DESCRIPTIONS.contactId),
  contactExternalId: id.nullable().openapi({
    description: "The lender's own id of the borrower's contact. Can be sent instead of contactId.",
    example: "crm-7781",
  }),
  contact: ContactBody.nullable(),
  borrower: BorrowerBody.nullable(),
  loanId: id.nullable().openapi(DESCRIPTIONS.loanId),
  loanIds: z.array(id).max(100).nullable().openapi(DESCRIPTIONS.loanIds),
  subject: Subject.nullable().openapi(DESCRIPTIONS.subject),
  theme: z.enum(THEMES).nullable().openapi(DESCRIPTIONS.theme),
  sensitive: z.boolean().openapi(DESCRIPTIONS.sensitive),
  externalId: externalId.nullable().openapi(DESCRIPTIONS.externalId),
  previousInteractionId: id.nullable().openapi(DESCRIPTIONS.previousInteractionId),
  status: z.enum(INTERACTION_STATUSES).openapi(DESCRIPTIONS.status),
  metaData: MetaData.nullable().openapi(DESCRIPTIONS.metaData),
  isTransactional: z.boolean().nullable().openapi(DESCRIPTIONS.isTransactional),
  direction: z.enum(DIRECTIONS).nullable().openapi(DESCRIPTIONS.direction),
  statusDetails: StatusDetails.nullable().openapi(DESCRIPTIONS.statusDetails),
  startedAt: Moment.nullable().openapi(DESCRIPTIONS.startedAt),
  endedAt: Moment.nullable().openapi(DESCRIPTIONS.endedAt),
  scheduledAtFrom: Moment.nullable().openapi(DESCRIPTIONS.scheduledAtFrom),
  scheduledAtTo: Moment.nullable().openapi(DESCRIPTIONS.scheduledAtTo),
  failureDescriptionShort: z.string().nullable().openapi(DESCRIPTIONS.failureDescriptionShort),
  failureDescriptionLong: z.string().nullable().openapi(DESCRIPTIONS.failureDescriptionLong),
  complianceGuardRuleId: z.string().nullable().openapi(DESCRIPTIONS.complianceGuardRuleId),
} as const;

const Optional = z.strictObject(FIELDS).partial();

const onChannel = <Name extends Channel>(channel: Name) =>
  z.strictObject({
    channel: z.literal(channel).openapi({ ...DESCRIPTIONS.channel, example: channel }),
    content: z
      .union([CONTENT[channel], z.null()])
      .optional()
      .openapi({ description: "The words of the communication, in the form of its channel." }),
    ...Optional.shape,
    status: FIELDS.status,
    sensitive: FIELDS.sensitive.default(false),
  });

/** Says which channels there are; the value itself is not repeated. */
function sayChannels(input: unknown): string {
  const words = `must be one of ${CHANNELS.join(", ")}`;
  const { channel } = (input ?? {}) as { readonly channel?: unknown };
  const hint = typeof channel === "string" ? didYouMean(channel, CHANNELS) : "";
  return hint === "" ? words : `${words}.${hint}`;
}

/** The body of POST. */
export const NewInteraction = z
  .discriminatedUnion(
    "channel",
    [
      onChannel("voice"),
      onChannel("email"),
      onChannel("fax"),
      onChannel("text"),
      onChannel("chat"),
      onChannel("mail"),
      onChannel("gui"),
      onChannel("document"),
    ],
    { error: ({ input }) => sayChannels(input) },
  )
  .openapi("NewInteraction", {
    description: "An interaction to log. Its channel determines the form of its content.",
    example: {
      channel: "voice",
      status: "succeeded",
      statusDetails: "voiceSpokeWithFirstParty",
      theme: "opsServicing",
      direction: "inbound",
      contactExternalId: "crm-7781",
      content: { transcript: "Asked for the police report." },
    },
  });

/** The body of PUT: a field that is left out keeps its value, and null clears it. */
export const InteractionChange = z
  .strictObject({
    channel: z.enum(CHANNELS).openapi(DESCRIPTIONS.channel),
    content: AnyContent.nullable(),
    ...FIELDS,
  })
  .partial()
  .openapi("InteractionChange", {
    description: "The fields to change.",
    example: { status: "succeeded", statusDetails: "emailDelivered" },
  });

/** A body without the keys that it leaves out. */
type Given<Body> = { readonly [Field in keyof Body]: Exclude<Body[Field], undefined> };
export type InteractionBody = Given<z.output<typeof InteractionChange>>;
export type NewInteractionBody = Given<z.output<typeof NewInteraction>>;

/** Returns the body without the keys that it leaves out. */
export const given = <Body extends object>(body: Body): Given<Body> =>
  Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== undefined),
  ) as Given<Body>;
