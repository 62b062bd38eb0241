/** What each field of an interaction means, in one place for what is asked and what is answered. */
export const WORDS = {
  channel: {
    description:
      "How the borrower was, or is to be, reached. voice: a call. email, fax, text and chat: as they say. mail: a letter. gui: shown where the borrower signs in. document: laid down for the borrower to fetch.",
    example: "voice",
  },
  contactId: {
    description: "The borrower's contact that was used; `ext-` and an external id names it too.",
    example: "CT-118",
  },
  loanId: {
    description: "The loan it is about; `ext-` and an external id names it too.",
    example: "LN-42",
  },
  loanIds: {
    description: "The loans it is about, where there are several.",
    example: ["LN-42", "LN-43"],
  },
  subject: {
    description: "What the message is about: one word in camelCase.",
    example: "identityTheftSubmitDocumentation",
  },
  theme: {
    description:
      "Why the interaction occurs: ops… begins with the lender (…Coll… to collect, …Loan… about the loan, …Servicing… to serve it, opsAccountCredentials for sign-in), inb… with the borrower (…MissingFeature, …Education, …Bug and …Request about the product, …HumanLove out of kindness).",
    example: "opsServicing",
  },
  sensitive: {
    description:
      "Whether only callers with the scope interaction:read.sensitive may read the content.",
    example: false,
  },
  externalId: {
    description:
      "The lender's own id, which no two interactions share; in a path it is written with `ext-` before it.",
    example: "call-20310304-17",
  },
  previousInteractionId: {
    description: "The interaction of the same borrower that this one answers or repeats.",
    example: "1041",
  },
  status: {
    description:
      "Where the interaction stands. scheduled: planned and not tried yet. inProgress: under way. attempted: tried, and not known to have reached anybody. succeeded: it arrived, or somebody was reached. failed: it did not arrive, or did not take place. canceled: withdrawn before it was tried.",
    example: "succeeded",
  },
  statusDetails: {
    description:
      "What happened in more detail: one word in camelCase that begins with the name of a channel.",
    example: "voiceLeftVoicemail",
  },
  metaData: {
    description:
      "The lender's own notes, which mean nothing to Tidings: at most 50 keys of at most 100 characters, with values of at most 500. No personal data.",
    example: { campaign: "spring" },
  },
  isTransactional: {
    description: "Whether something the borrower did called for it, such as a receipt.",
    example: false,
  },
  direction: {
    description:
      "outbound: the lender turned to the borrower. inbound: the borrower to the lender.",
    example: "outbound",
  },
  startedAt: { description: "When it began.", example: "2031-03-04T15:02:00.000Z" },
  endedAt: { description: "When it was over.", example: "2031-03-04T15:06:30.000Z" },
  scheduledAtFrom: {
    description: "From when on it is to take place.",
    example: "2031-03-04T15:00:00.000Z",
  },
  scheduledAtTo: {
    description: "Until when it is to take place.",
    example: "2031-03-04T20:00:00.000Z",
  },
  failureDescriptionShort: {
    description: "Why it failed or was canceled, as a label.",
    example: "Wrong number",
  },
  failureDescriptionLong: {
    description: "Why it failed or was canceled, as a sentence.",
    example: "Somebody else answered and did not know the borrower.",
  },
  complianceGuardRuleId: {
    description: "The rule that kept it from being sent, or made it wait.",
    example: "contact.none",
  },
} as const;
