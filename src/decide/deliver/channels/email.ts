import type { ChannelRules, Composed, Draft } from "./rules.ts";

const LONGEST_ADDRESS = 254;
const ADDRESS = /^[^\s@<>(),;:"\\]+@[^\s@<>(),;:"\\]+$/;

/** Email over SMTP. */
export const EMAIL: ChannelRules = {
  contactType: "email",
  objectionTo: () => null,
  optOutIsTotal: false,
  // The limit of an SMTP envelope. Only the server knows whether the mailbox exists.
  recipientOf: (value) => (ADDRESS.test(value) && value.length <= LONGEST_ADDRESS ? value : null),
  form: "one email address, without a name, brackets or blanks",
  wantedContact: "a valid email contact of the borrower's own (affiliation self, not archived)",
  compose,
  partsOf: ({ subject = null, bodyText = null, bodyHtml = null }) => ({
    subject,
    text: bodyText,
    html: bodyHtml,
  }),
  // SMTP has no command for a later inquiry.
  hasLookup: false,
};

function compose(draft: Draft): Composed {
  const { to, toName, from, parts, listUnsubscribe } = draft;
  const messageId = `${draft.messageIdLocalPart}@${domainOf(from)}`;
  const { subject, text, html } = {
    ...parts,
    subject: parts.subject ?? "",
    text: parts.text ?? "",
  };
  return {
    message: {
      channel: "email",
      interactionId: draft.interactionId,
      messageId,
      date: draft.now,
      from,
      to,
      toName,
      subject,
      text,
      html,
      language: draft.language,
      listUnsubscribe,
    },
    content: {
      subject,
      bodyText: text,
      bodyHtml: html,
      from,
      to,
      messageId,
      attachments: [],
      ...(listUnsubscribe !== null && { listUnsubscribe }),
    },
    segments: null,
  };
}

/** The address comes last, because a name may contain an @. */
const domainOf = (from: string): string => /@([^\s@>]+)>?\s*$/.exec(from)?.[1] ?? "localhost";
