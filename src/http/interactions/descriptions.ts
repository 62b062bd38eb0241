/** The description and an example of each field of an interaction, for requests and responses alike. */
export const DESCRIPTIONS = {
  channel: {
    description:
      "The channel of the communication. voice: a call. email, fax, text and chat: as named. mail: a letter. gui: shown on the screen where the borrower signs in. document: provided for the borrower to download.",
    example: "voice",
  },
  contactId: {
    description: "Id of the borrower's contact, or `ext-` followed by its external id.",
    example: "CT-118",
  },
  loanId: {
    description: "Id of the loan it is about, or `ext-` followed by its external id.",
    example: "LN-42",
  },
  loanIds: {
    description: "The loans it is about, where there are several.",
    example: ["LN-42", "LN-43"],
  },
  subject: {
    description: "The subject of the message, as one word in camelCase.",
    example: "identityTheftSubmitDocumentation",
  },
  theme: {
    description:
      "Why the communication takes place. ops…: started by the lender (…Coll… to collect, …Loan… about the loan, …Servicing… to service it, opsAccountCredentials about sign-in). inb…: started by the borrower (…MissingFeature, …Education, …Bug and …Request about the product, …HumanLove to be kind).",
    example: "opsServicing",
  },
  sensitive: {
    description: "If true, only callers with the scope interaction:read.sensitive see the content.",
    example: false,
  },
  externalId: {
    description:
      "The lender's own id, unique among interactions. In a path it is written with `ext-` before it.",
    example: "call-20310304-17",
  },
  previousInteractionId: {
    description: "The interaction of the same borrower that this one answers or repeats.",
    example: "1041",
  },
  status: {
    description:
      "scheduled: planned, not started. inProgress: taking place. attempted: done; it is not yet known whether it reached a person. succeeded: it arrived, or a person was reached. failed: it did not arrive, or did not take place. canceled: withdrawn before it started.",
    example: "succeeded",
  },
  statusDetails: {
    description:
      "More details of the status, as one word in camelCase that begins with the name of a channel.",
    example: "voiceLeftVoicemail",
  },
  metaData: {
    description:
      "The lender's own notes, which Tidings does not interpret: at most 50 keys of at most 100 characters, with values of at most 500 characters. No personal data.",
    example: { campaign: "spring" },
  },
  isTransactional: {
    description:
      "Whether an action of the borrower caused it, such as a payment that needs a receipt.",
    example: false,
  },
  direction: {
    description:
      "outbound: from the lender to the borrower. inbound: from the borrower to the lender.",
    example: "outbound",
  },
  startedAt: { description: "When it started.", example: "2031-03-04T15:02:00.000Z" },
  endedAt: { description: "When it ended.", example: "2031-03-04T15:06:30.000Z" },
  scheduledAtFrom: {
    description: "The earliest time at which it is planned to take place.",
    example: "2031-03-04T15:00:00.000Z",
  },
  scheduledAtTo: {
    description: "The latest time at which it is planned to take place.",
    example: "2031-03-04T20:00:00.000Z",
  },
  failureDescriptionShort: {
    description: "Why it failed or was canceled, as a label.",
    example: "Wrong number",
  },
  failureDescriptionLong: {
    description: "Why it failed or was canceled, as a sentence.",
    example: "Another person answered and did not know the borrower.",
  },
  complianceGuardRuleId: {
    description: "The rule that prevented or delayed it; docs/statuses.md lists those of delivery.",
    example: "contact.none",
  },
} as const;
