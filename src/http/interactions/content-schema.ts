import { z } from "@hono/zod-openapi";
import { isSealed } from "../../domain/sealed-content.ts";
import type { Channel } from "../../domain/vocabulary.ts";

const text = z.string().nullable();

const EmailContent = z
  .strictObject({
    subject: text.openapi({ description: "The subject line.", example: "About your case" }),
    bodyText: text.openapi({ description: "The plain text.", example: "Dear Pat, ..." }),
    bodyHtml: text.openapi({ description: "The HTML.", example: "<p>Dear Pat, ...</p>" }),
    from: text.openapi({ description: "The sender.", example: "notices@lender.example" }),
    to: text.openapi({ description: "The recipient.", example: "pat@example.com" }),
    attachments: z
      .array(z.record(z.string(), z.unknown()))
      .openapi({ description: "What was attached, by description.", example: [] }),
  })
  .partial()
  .openapi("EmailContent", { description: "An email." });

const TextContent = z
  .strictObject({
    body: text.openapi({ description: "The text.", example: "We wrote to you." }),
    from: text.openapi({ description: "The sender's number.", example: "+15005550006" }),
    to: text.openapi({ description: "The recipient's number.", example: "+16145550101" }),
  })
  .partial()
  .openapi("TextContent", { description: "A text message." });

const VoiceContent = z
  .strictObject({
    from: text.openapi({ description: "Who called.", example: "+15005550006" }),
    to: text.openapi({ description: "Who was called.", example: "+16145550101" }),
    durationSeconds: z
      .number()
      .min(0)
      .nullable()
      .openapi({ description: "How long it took.", example: 270 }),
    recordingUrl: z
      .url({ protocol: /^https?$/ })
      .nullable()
      .openapi({
        description: "Where the recording is kept. Tidings neither fetches it nor leads there.",
        example: "https://lender.example/recordings/17",
      }),
    recordedContentId: text.openapi({
      description: "The id of the recording where it is kept.",
      example: "REC-17",
    }),
    transcript: text.openapi({
      description: "What was said.",
      example: "Asked for the police report.",
    }),
    isAutodialed: z
      .boolean()
      .nullable()
      .openapi({ description: "Whether a machine dialed.", example: false }),
  })
  .partial()
  .openapi("VoiceContent", { description: "A call." });

const ChatContent = z
  .strictObject({
    messages: z
      .array(
        z
          .strictObject({
            from: text.openapi({ description: "Who wrote it.", example: "Pat Example" }),
            body: text.openapi({ description: "What was written.", example: "Hello?" }),
            sentAt: z.iso
              .datetime({ offset: true })
              .nullable()
              .openapi({ description: "When.", example: "2031-03-04T15:02:00Z" }),
          })
          .partial(),
      )
      .openapi({ description: "The messages in their order." }),
  })
  .partial()
  .openapi("ChatContent", { description: "A chat." });

const MailContent = z
  .strictObject({
    html: text.openapi({ description: "The letter.", example: "<p>Dear Pat, ...</p>" }),
    documentId: text.openapi({ description: "The letter's id where it is kept.", example: "D-9" }),
    address: z
      .record(z.string(), z.unknown())
      .nullable()
      .openapi({ description: "Where it went.", example: { addressLine1: "1 Example Street" } }),
  })
  .partial()
  .openapi("MailContent", { description: "A letter." });

const OtherContent = z
  .record(z.string(), z.unknown())
  .refine((content) => !isSealed(content), "must not be sealed already: send it as it is")
  .openapi("OtherContent", {
    description: "Any object: what was faxed, shown or laid down as a document.",
  });

/** What content looks like on each channel. */
export const CONTENT = {
  voice: VoiceContent,
  email: EmailContent,
  fax: OtherContent,
  text: TextContent,
  chat: ChatContent,
  mail: MailContent,
  gui: OtherContent,
  document: OtherContent,
} as const satisfies Record<Channel, z.ZodType>;

/** Content whose channel is known only from the record it is for. */
export const AnyContent = z.record(z.string(), z.unknown()).openapi({
  description: "What was said or sent, in the shape of the interaction's channel.",
  example: { transcript: "Asked for the police report." },
});
