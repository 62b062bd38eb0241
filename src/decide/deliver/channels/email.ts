import type { ChannelRules, Composed, Draft } from "./rules.ts";

const LONGEST_ADDRESS = 254;

/** Email over SMTP. */
export const EMAIL: ChannelRules = {
  isEligible: (contact) => contact.contactType === "email",
  // This is what an SMTP envelope can hold. Only the server knows whether the mailbox exists.
  isReachable: (value) =>
    /^[^\s@<>(),;:"\\]+@[^\s@<>(),;:"\\]+$/.test(value) && value.length <= LONGEST_ADDRESS,
  wantedContact: "a valid email contact of the borrower's own (affiliation self, not archived)",
  compose,
  partsOf: ({ subject = null, bodyText = null, bodyHtml = null }) => ({
    subject,
    text: bodyText,
    html: bodyHtml,
  }),
  // SMTP has no command for it.
  canBeAsked: false,
};

function compose(draft: Draft): Composed {
  const { contact, from, parts } = draft;
  const to = contact.value ?? "";
  const { subject, text, html } = {
    ...parts,
    subject: parts.subject ?? "",
    text: parts.text ?? "",
  };
  return {
    message: {
      channel: "email",
      interactionId: draft.interactionId,
      messageId: `tidings.${draft.chainId}@${domainOf(from)}`,
      date: draft.now,
      from,
      to,
      toName: contact.name,
      subject,
      text,
      html,
      language: draft.language,
    },
    content: { subject, bodyText: text, bodyHtml: html, from, to, attachments: [] },
    segments: null,
  };
}

/** The address comes last, because a name may contain an @. */
const domainOf = (from: string): string => /@([^\s@>]+)>?\s*$/.exec(from)?.[1] ?? "localhost";
