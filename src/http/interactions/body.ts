import { z } from "@hono/zod-openapi";
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
import { WORDS } from "./descriptions.ts";
import { MetaData } from "../core/meta-data.ts";
import { Moment } from "../core/moment.ts";
import { textOf } from "../core/parameters.ts";

const LONGEST_WORD = 100;
const LONGEST_ID = 200;

const id = textOf(LONGEST_ID).min(1);
const externalId = id.refine((text) => !text.startsWith("ext-"), {
  error: "goes without the ext- that it has in a path",
});
/** Open lists: the platform adds words, so only their shape is held. */
export const Subject = textOf(LONGEST_WORD).regex(
  /^[a-z][A-Za-z0-9]*$/,
  "must be one word in camelCase",
);
export const StatusDetails = textOf(LONGEST_WORD).regex(
  new RegExp(`^(${CHANNELS.join("|")})[A-Z][A-Za-z0-9]*$`),
  `must be one word in camelCase that begins with one of ${CHANNELS.join(", ")}`,
);

/** Every field of a body but channel and content. */
const FIELDS = {
  contactId: id.nullable().openapi(WORDS.contactId),
  contactExternalId: id.nullable().openapi({
    description: "The lender's own id of the borrower's contact, in place of contactId.",
    example: "crm-7781",
  }),
  contact: ContactBody.nullable(),
  borrower: BorrowerBody.nullable(),
  loanId: id.nullable().openapi(WORDS.loanId),
  loanIds: z.array(id).max(100).nullable().openapi(WORDS.loanIds),
  subject: Subject.nullable().openapi(WORDS.subject),
  theme: z.enum(THEMES).nullable().openapi(WORDS.theme),
  sensitive: z.boolean().openapi(WORDS.sensitive),
  externalId: externalId.nullable().openapi(WORDS.externalId),
  previousInteractionId: id.nullable().openapi(WORDS.previousInteractionId),
  status: z.enum(INTERACTION_STATUSES).openapi(WORDS.status),
  metaData: MetaData.nullable().openapi(WORDS.metaData),
  isTransactional: z.boolean().nullable().openapi(WORDS.isTransactional),
  direction: z.enum(DIRECTIONS).nullable().openapi(WORDS.direction),
  statusDetails: StatusDetails.nullable().openapi(WORDS.statusDetails),
  startedAt: Moment.nullable().openapi(WORDS.startedAt),
  endedAt: Moment.nullable().openapi(WORDS.endedAt),
  scheduledAtFrom: Moment.nullable().openapi(WORDS.scheduledAtFrom),
  scheduledAtTo: Moment.nullable().openapi(WORDS.scheduledAtTo),
  failureDescriptionShort: z.string().nullable().openapi(WORDS.failureDescriptionShort),
  failureDescriptionLong: z.string().nullable().openapi(WORDS.failureDescriptionLong),
  complianceGuardRuleId: z.string().nullable().openapi(WORDS.complianceGuardRuleId),
} as const;

const Optional = z.strictObject(FIELDS).partial();

const onChannel = <Name extends Channel>(channel: Name) =>
  z.strictObject({
    channel: z.literal(channel).openapi({ ...WORDS.channel, example: channel }),
    content: z
      .union([CONTENT[channel], z.null()])
      .optional()
      .openapi({ description: "What was said or sent." }),
    ...Optional.shape,
    status: FIELDS.status,
    sensitive: FIELDS.sensitive.default(false),
  });

/** What is sent to log an interaction. */
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
    { error: `must be one of ${CHANNELS.join(", ")}` },
  )
  .openapi("NewInteraction", {
    description: "An interaction to be logged; its channel says what its content looks like.",
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

/** What is sent to change one: a field left out keeps its value, and null empties it. */
export const InteractionChange = z
  .strictObject({
    channel: z.enum(CHANNELS).openapi(WORDS.channel),
    content: AnyContent.nullable(),
    ...FIELDS,
  })
  .partial()
  .openapi("InteractionChange", {
    description: "The fields to be changed.",
    example: { status: "succeeded", statusDetails: "emailDelivered" },
  });

/** What a body gives; a key that it leaves out is not there. */
type Given<Body> = { readonly [Field in keyof Body]: Exclude<Body[Field], undefined> };
export type InteractionBody = Given<z.output<typeof InteractionChange>>;
export type NewInteractionBody = Given<z.output<typeof NewInteraction>>;

/** Without the keys that were not given. */
export const given = <Body extends object>(body: Body): Given<Body> =>
  Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== undefined),
  ) as Given<Body>;
