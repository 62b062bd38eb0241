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
    listUnsubscribe: text.openapi({
      description: "The header List-Unsubscribe, which only advertising has.",
      example: "<https://lender.example/opt-out/1042-q1w2e3>",
    }),
    messageId: text.openapi({
      description: "The header Message-ID, without angle brackets.",
      example: "tidings.1042-q1w2e3r4t5@lender.example",
    }),
    attachments: z
      .array(z.record(z.string(), z.unknown()))
      .openapi({ description: "Descriptions of the attachments.", example: [] }),
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
    from: text.openapi({ description: "The caller's number.", example: "+15005550006" }),
    to: text.openapi({ description: "The number that was called.", example: "+16145550101" }),
    durationSeconds: z
      .number()
      .min(0)
      .nullable()
      .openapi({ description: "The duration in seconds.", example: 270 }),
    recordingUrl: z
      .url({ protocol: /^https?$/ })
      .nullable()
      .openapi({
        description:
          "The URL of the recording. Tidings does not fetch it and does not redirect to it.",
        example: "https://lender.example/recordings/17",
      }),
    recordedContentId: text.openapi({
      description: "The id of the recording in the system that stores it.",
      example: "REC-17",
    }),
    transcript: text.openapi({
      description: "The words that were spoken.",
      example: "Asked for the police report.",
    }),
    isAutodialed: z
      .boolean()
      .nullable()
      .openapi({ description: "Whether the call was dialed automatically.", example: false }),
  })
  .partial()
  .openapi("VoiceContent", { description: "A call." });

const ChatContent = z
  .strictObject({
    messages: z
      .array(
        z
          .strictObject({
            from: text.openapi({
              description: "The author of the message.",
              example: "Pat Example",
            }),
            body: text.openapi({ description: "The text of the message.", example: "Hello?" }),
            sentAt: z.iso
              .datetime({ offset: true })
              .nullable()
              .openapi({ description: "When it was sent.", example: "2031-03-04T15:02:00Z" }),
          })
          .partial(),
      )
      .openapi({ description: "The messages in order." }),
  })
  .partial()
  .openapi("ChatContent", { description: "A chat." });

const MailContent = z
  .strictObject({
    html: text.openapi({ description: "The letter as HTML.", example: "<p>Dear Pat, ...</p>" }),
    documentId: text.openapi({
      description: "The id of the letter in the system that stores it.",
      example: "D-9",
    }),
    address: z
      .record(z.string(), z.unknown())
      .nullable()
      .openapi({
        description: "The postal address that it was sent to.",
        example: { addressLine1: "1 Example Street" },
      }),
  })
  .partial()
  .openapi("MailContent", { description: "A letter." });

const OtherContent = z
  .record(z.string(), z.unknown())
  .refine((content) => !isSealed(content), "must not have the key sealed")
  .openapi("OtherContent", {
    description: "Any object, for a fax, a screen or a document.",
  });

/** The form of content on each channel. */
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

/** Content of an interaction whose channel is known only from the record. */
export const AnyContent = z.record(z.string(), z.unknown()).openapi({
  description: "The words of the communication, in the form of the interaction's channel.",
  example: { transcript: "Asked for the police report." },
});
