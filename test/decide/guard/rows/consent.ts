import {
  also,
  at,
  call,
  codes,
  consent,
  current,
  email,
  history,
  inbound,
  livesIn,
  loan,
  marketing,
  message,
  mobile,
  opens,
  rendered,
  type RuleRows,
  said,
  secondLoan,
  servicing,
  stops,
  switches,
  text,
  toEmail,
  toMail,
  toText,
  byCollector,
} from "./row.ts";

const servicingText = [toText, servicing, current] as const;
const stopped = inbound(said("STOP"));
const byVoice = { channel: "voice" } as const;
const byEmail = { channel: "email", contactId: "CT-EMAIL" } as const;
const written = mobile({ writtenMarketingConsentAt: "2026-11-01T15:00:00Z" });
const landline = mobile({ lineType: "landline" });
const refused = (medium: string, more: Record<string, string> = {}) => ({
  preferences: { mediumRefusals: [{ medium, at: "2026-11-01T15:00:00Z", ...more }] },
});
const dni = (...doNotInteract: readonly Record<string, string | readonly string[]>[]) => ({
  preferences: { doNotInteract },
});
const noReminders = { preferences: { sendRemindersWhenCurrent: false } };
const noEsign = { consents: { esign: { value: "revoked" } } };
const VALIDATION = {
  message: { theme: "opsLoanValidationOfDebtNotice", asksForMoney: false },
  rendered: { demandsPayment: false, modelForm: "validationB1" },
};
const VERIFICATION = {
  message: { theme: "opsServicingVerificationOfDebt", asksForMoney: false },
  rendered: { demandsPayment: false },
};
const first = loan({ initialCommunicationAt: null });
const CURE = {
  message: { theme: "opsServicing", kind: "rightToCure", asksForMoney: false },
  rendered: { demandsPayment: false },
};
const onHome = loan({ collateral: "primaryResidence" });
const CONFIRMS = {
  message: {
    channel: "text",
    contactId: "CT-MOBILE",
    kind: "optOutConfirmation",
    theme: "opsServicing",
    asksForMoney: false,
    replyToInboundId: "IN-1",
  },
  rendered: {
    onlyConfirmsOptOut: true,
    mentionsDebt: false,
    demandsPayment: false,
    optOutMethods: [],
  },
};
const justNow = (more = {}) =>
  inbound(said("STOP", { receivedAt: "2026-11-20T16:28:00Z", ...more }));
const confirmed = (more = {}) =>
  text("20", { at: "2026-11-20T16:29:00Z", kind: "optOutConfirmation", ...more });
const oneProgramme = switches({ revokeAll: false });

export const CONSENT_ROWS: RuleRows = {
  "tcpa.consent": [
    opens("permission to text", [toText]),
    stops("refuse", "no permission", [toText, mobile({ receiveTextMessages: false })]),
    stops("refuse", "no permission, codes", [
      toText,
      codes,
      mobile({ receiveTextMessages: false }),
    ]),
    opens("a call by hand", [mobile({ receiveTextMessages: false })]),
    opens("an email", [toEmail]),
    stops("refuse", "an autodialed call", [message({ isAutodialed: true })]),
    opens("with consent", [message({ isAutodialed: true }), consent("autodialedCalls")]),
    stops("refuse", "consent is over", [
      message({ isAutodialed: true }),
      consent("autodialedCalls", { until: "2026-11-01T15:00:00Z" }),
    ]),
    stops("refuse", "consent was revoked", [
      message({ isAutodialed: true }),
      { consents: { autodialedCalls: { value: "revoked" } } },
    ]),
    stops("refuse", "a prerecorded call", [message({ isPrerecorded: true })]),
    stops("refuse", "a ringless voicemail", [
      message({ isRinglessVoicemail: true }),
      rendered({ voicemail: "limitedContent" }),
    ]),
    opens("to a landline", [message({ isAutodialed: true }), landline]),
    stops("refuse", "to a line of a kind not known", [
      message({ isAutodialed: true }),
      mobile({ lineType: "unknown" }),
    ]),
    stops("refuse", "a marketing text without written consent", [toText, marketing]),
    opens("a marketing text with it", [toText, marketing, written]),
    stops("refuse", "consent in writing of tomorrow", [
      toText,
      marketing,
      mobile({ writtenMarketingConsentAt: "2026-11-21T15:00:00Z" }),
    ]),
    opens("a marketing call by hand", [marketing]),
    stops("refuse", "an autodialed marketing call", [
      marketing,
      message({ isAutodialed: true }),
      consent("autodialedCalls"),
    ]),
    opens("an autodialed marketing call, with written consent", [
      marketing,
      message({ isAutodialed: true }),
      written,
    ]),
    opens("an autodialed marketing call to a landline", [
      marketing,
      message({ isAutodialed: true }),
      landline,
    ]),
    stops("refuse", "a prerecorded marketing call to a landline", [
      marketing,
      message({ isPrerecorded: true }),
      landline,
    ]),
    stops("refuse", "a ringless marketing voicemail to a landline", [
      marketing,
      message({ isRinglessVoicemail: true }),
      landline,
    ]),
    opens("a marketing email", [toEmail, marketing, message({ isPrerecorded: true })]),
  ],
  "optout.revoked": [
    opens("no inbound message", [toText]),
    stops("refuse", "STOP", [...servicingText, stopped]),
    opens("STOP of tomorrow", [
      ...servicingText,
      inbound(said("STOP", { receivedAt: "2026-11-21T15:00:00Z" })),
    ]),
    stops("refuse", "a sentence", [...servicingText, inbound(said("Please stop texting me."))]),
    stops("hold", "the word in another sentence", [
      ...servicingText,
      inbound(said("stop by the office tomorrow?")),
    ]),
    opens("no such word", [...servicingText, inbound(said("what is my balance?"))]),
    opens("START after STOP", [
      ...servicingText,
      inbound(said("STOP"), said("START", { receivedAt: "2026-11-19T16:00:00Z" })),
    ]),
    stops("refuse", "STOP after START", [
      ...servicingText,
      inbound(
        said("STOP", { receivedAt: "2026-11-19T17:00:00Z" }),
        said("START", { receivedAt: "2026-11-19T16:00:00Z" }),
      ),
    ]),
    opens("START after unclear words", [
      ...servicingText,
      inbound(said("stop by tomorrow?"), said("START", { receivedAt: "2026-11-19T16:00:00Z" })),
    ]),
    stops("refuse", "unclear words after STOP", [
      ...servicingText,
      inbound(said("STOP"), said("stop by tomorrow?", { receivedAt: "2026-11-19T16:00:00Z" })),
    ]),
    stops("hold", "unclear words before a harmless message", [
      ...servicingText,
      inbound(said("stop by tomorrow?"), said("thanks", { receivedAt: "2026-11-19T16:00:00Z" })),
    ]),
    stops("refuse", "START from another number", [
      ...servicingText,
      inbound(
        said("STOP"),
        said("START", { receivedAt: "2026-11-19T16:00:00Z", contactId: "CT-OTHER" }),
      ),
    ]),
    stops("refuse", "START said on the telephone", [
      ...servicingText,
      inbound(said("STOP"), said("START", { receivedAt: "2026-11-19T16:00:00Z", ...byVoice })),
    ]),
    opens("STOP from another number", [
      ...servicingText,
      inbound(said("STOP", { contactId: "CT-OTHER" })),
    ]),
    stops("refuse", "words about texts by email", [
      ...servicingText,
      inbound(said("stop texting me", byEmail)),
    ]),
    opens("unsubscribe by email", [...servicingText, inbound(said("unsubscribe", byEmail))]),
    stops("hold", "STOP in the portal", [
      ...servicingText,
      {
        inbound: [{ id: "IN-1", channel: "gui", receivedAt: "2026-11-19T15:00:00Z", text: "stop" }],
      },
    ]),
    opens("unclear words in the portal", [
      ...servicingText,
      {
        inbound: [
          {
            id: "IN-1",
            channel: "gui",
            receivedAt: "2026-11-19T15:00:00Z",
            text: "when does it end",
          },
        ],
      },
    ]),
    stops("refuse", "words about texts in the portal", [
      ...servicingText,
      {
        inbound: [
          {
            id: "IN-1",
            channel: "gui",
            receivedAt: "2026-11-19T15:00:00Z",
            text: "stop the texts",
          },
        ],
      },
    ]),
    stops("refuse", "said on the telephone", [
      ...servicingText,
      inbound(said("take me off your texts", byVoice)),
    ]),
    stops("refuse", "a written refusal of all contact", [
      ...servicingText,
      inbound(said("leave me alone")),
    ]),
    opens(
      "a spoken refusal of all contact is for medium.refused",
      [...servicingText, inbound(said("leave me alone", byVoice))],
      { outcome: "hold", ruleId: "medium.refused" },
    ),
    opens("another programme", [
      ...servicingText,
      oneProgramme,
      message({ programme: "B" }),
      inbound(said("STOP", { programme: "A" })),
    ]),
    stops("refuse", "the same programme", [
      ...servicingText,
      oneProgramme,
      message({ programme: "A" }),
      inbound(said("STOP", { programme: "A" })),
    ]),
    stops("refuse", "another programme, where one stops all", [
      ...servicingText,
      message({ programme: "B" }),
      inbound(said("STOP", { programme: "A" })),
    ]),
    opens("another programme on 2027-01-30", [
      at("2027-01-30T16:30:00Z"),
      ...servicingText,
      oneProgramme,
      message({ programme: "B" }),
      inbound(said("STOP", { programme: "A" })),
    ]),
    stops("refuse", "another programme on 2027-01-31", [
      at("2027-01-31T16:30:00Z"),
      ...servicingText,
      oneProgramme,
      message({ programme: "B" }),
      inbound(said("STOP", { programme: "A" })),
    ]),
    stops("refuse", "from the lender's day on", [
      ...servicingText,
      oneProgramme,
      { lender: { revokeAllFrom: "2026-11-20" } },
      message({ programme: "B" }),
      inbound(said("STOP", { programme: "A" })),
    ]),
    opens("before the lender's day", [
      ...servicingText,
      oneProgramme,
      { lender: { revokeAllFrom: "2026-11-21" } },
      message({ programme: "B" }),
      inbound(said("STOP", { programme: "A" })),
    ]),
    opens("START in the programme of the message", [
      ...servicingText,
      message({ programme: "B" }),
      inbound(
        said("STOP", { programme: "A" }),
        said("START", { programme: "B", receivedAt: "2026-11-19T16:00:00Z" }),
      ),
    ]),
    stops("refuse", "START in another programme", [
      ...servicingText,
      message({ programme: "B" }),
      inbound(
        said("STOP", { programme: "B" }),
        said("START", { programme: "A", receivedAt: "2026-11-19T16:00:00Z" }),
      ),
    ]),
    stops("refuse", "words on the telephone are about all programmes", [
      ...servicingText,
      oneProgramme,
      message({ programme: "B" }),
      inbound(said("take me off your texts", byVoice)),
    ]),
    stops("refuse", "an autodialed call", [
      servicing,
      current,
      message({ isAutodialed: true }),
      consent("autodialedCalls"),
      stopped,
    ]),
    stops("refuse", "START does not open autodialed calls", [
      servicing,
      current,
      message({ isAutodialed: true }),
      consent("autodialedCalls"),
      inbound(said("STOP"), said("START", { receivedAt: "2026-11-19T16:00:00Z" })),
    ]),
    opens("a call by hand", [servicing, current, stopped]),
    opens("words about texts from elsewhere leave automated calls open", [
      servicing,
      current,
      message({ isAutodialed: true }),
      consent("autodialedCalls"),
      inbound(said("stop texting me", byEmail)),
    ]),
  ],
  "optout.confirm": [
    opens("within five minutes", [CONFIRMS, justNow()], {
      outcome: "allow",
      ruleId: "optout.confirm",
    }),
    opens(
      "after exactly five minutes",
      [CONFIRMS, justNow({ receivedAt: "2026-11-20T16:25:00Z" })],
      { outcome: "allow", ruleId: "optout.confirm" },
    ),
    stops("hold", "later", [CONFIRMS, justNow({ receivedAt: "2026-11-20T16:24:59Z" })]),
    stops("refuse", "the provider has confirmed", [
      CONFIRMS,
      justNow({ providerAutoReplied: true }),
    ]),
    stops("refuse", "a second one", [
      CONFIRMS,
      justNow(),
      history(confirmed({ replyToInboundId: "IN-1" })),
    ]),
    stops("refuse", "a second one that names no message", [
      CONFIRMS,
      justNow(),
      history(confirmed()),
    ]),
    stops("refuse", "one at the same moment", [
      CONFIRMS,
      justNow(),
      history(confirmed({ at: "2026-11-20T16:28:00Z" })),
    ]),
    opens(
      "one for an earlier opt-out",
      [CONFIRMS, justNow(), history(confirmed({ at: "2026-11-10T16:29:00Z" }))],
      { outcome: "allow", ruleId: "optout.confirm" },
    ),
    stops("refuse", "dated before, but for this opt-out", [
      CONFIRMS,
      justNow(),
      history(confirmed({ at: "2026-11-10T16:29:00Z", replyToInboundId: "IN-1" })),
    ]),
    opens("one that failed", [CONFIRMS, justNow(), history(confirmed({ status: "failed" }))], {
      outcome: "allow",
      ruleId: "optout.confirm",
    }),
    opens(
      "one to another number",
      [CONFIRMS, justNow(), history(confirmed({ contactId: "CT-OTHER" }))],
      { outcome: "allow", ruleId: "optout.confirm" },
    ),
    opens(
      "another answer is no confirmation",
      [CONFIRMS, justNow(), history(text("20", { at: "2026-11-20T16:29:00Z" }))],
      { outcome: "allow", ruleId: "optout.confirm" },
    ),
    stops("refuse", "it does more than confirm", [
      CONFIRMS,
      justNow(),
      rendered({ onlyConfirmsOptOut: false }),
    ]),
    opens("not rendered yet", [CONFIRMS, justNow(), { rendered: null }], {
      outcome: "allow",
      requires: ["only-confirmation"],
    }),
    stops("hold", "not rendered yet, and late", [
      CONFIRMS,
      justNow({ receivedAt: "2026-11-20T16:20:00Z" }),
      { rendered: null },
    ]),
    stops("hold", "it answers nothing", [CONFIRMS]),
    stops("hold", "it answers another number", [CONFIRMS, justNow({ contactId: "CT-OTHER" })]),
    opens(
      "permission to text was withdrawn with it",
      [CONFIRMS, justNow(), mobile({ receiveTextMessages: false })],
      { outcome: "allow", ruleId: "optout.confirm" },
    ),
    opens("an ordinary message", [toText]),
  ],
  "optout.address": [
    opens("open", [toEmail]),
    stops("refuse", "an address", [toEmail, email({ optedOutAt: "2026-11-10T15:00:00Z" })]),
    stops("refuse", "a number", [toText, mobile({ optedOutAt: "2026-11-10T15:00:00Z" })]),
    stops("refuse", "about another loan", [
      toEmail,
      secondLoan(),
      message({ loanIds: ["L2"] }),
      email({ optedOutAt: "2026-11-10T15:00:00Z" }),
    ]),
    opens("opted out tomorrow", [toEmail, email({ optedOutAt: "2026-11-21T15:00:00Z" })]),
    opens("a call", [mobile({ optedOutAt: "2026-11-10T15:00:00Z" })]),
    opens("a letter", [
      toMail,
      { contacts: { "CT-HOME": { optedOutAt: "2026-11-10T15:00:00Z" } } },
    ]),
    opens("servicing", [
      toEmail,
      servicing,
      current,
      email({ optedOutAt: "2026-11-10T15:00:00Z" }),
    ]),
    stops("refuse", "STOP from the address", [toEmail, inbound(said("stop", byEmail))]),
    opens("STOP from another address", [
      toEmail,
      inbound(said("stop", { ...byEmail, contactId: "CT-OTHER" })),
    ]),
    opens("said on the telephone", [
      toEmail,
      inbound(said("stop", { channel: "voice", contactId: "CT-EMAIL" })),
    ]),
    opens("no such word", [toEmail, inbound(said("thanks", byEmail))]),
    stops("refuse", "a harmless message after it", [
      toEmail,
      inbound(
        said("stop", byEmail),
        said("thanks", { ...byEmail, receivedAt: "2026-11-19T16:00:00Z" }),
      ),
    ]),
    stops("refuse", "STOP in another programme", [
      toText,
      oneProgramme,
      message({ programme: "B" }),
      inbound(said("STOP", { programme: "A" })),
    ]),
    opens("START took it back", [
      toText,
      inbound(said("STOP"), said("START", { receivedAt: "2026-11-19T16:00:00Z" })),
    ]),
    stops("refuse", "START by email takes nothing back", [
      toEmail,
      inbound(
        said("stop", byEmail),
        said("START", { ...byEmail, receivedAt: "2026-11-19T16:00:00Z" }),
      ),
    ]),
    stops("refuse", "the order is that of receipt", [
      toEmail,
      inbound(
        said("thanks", { ...byEmail, receivedAt: "2026-11-19T16:00:00Z" }),
        said("stop", byEmail),
      ),
    ]),
    opens("START after all, whatever the order in the list", [
      toText,
      inbound(said("START", { receivedAt: "2026-11-19T16:00:00Z" }), said("STOP")),
    ]),
  ],
  "medium.refused": [
    opens("nothing refused", []),
    stops("refuse", "the medium", [refused("voice")]),
    opens("another medium", [toText, refused("voice")]),
    stops("refuse", "this contact", [refused("voice", { contactId: "CT-MOBILE" })]),
    opens("another contact", [refused("voice", { contactId: "CT-OTHER" })]),
    opens("refused tomorrow", [refused("voice", { at: "2026-11-21T15:00:00Z" })]),
    stops("refuse", "servicing as well", [servicing, current, refused("voice")]),
    opens(
      "required by law through this medium",
      [refused("voice"), message({ requiredByLaw: true, requiredMedium: "voice" })],
      { outcome: "allow", ruleId: "medium.refused" },
    ),
    stops("refuse", "required by law through another", [
      refused("voice"),
      message({ requiredByLaw: true, requiredMedium: "mail" }),
    ]),
    opens("the law names this medium", [refused("voice"), message({ requiredMedium: "voice" })], {
      outcome: "allow",
      ruleId: "medium.refused",
    }),
    stops("refuse", "required by law through any medium", [
      refused("voice"),
      message({ requiredByLaw: true }),
    ]),
    opens(
      "required by law, and never refused",
      [message({ requiredByLaw: true, requiredMedium: "voice" })],
      { outcome: "allow", ruleId: null },
    ),
    opens(
      "the first answer",
      [
        toEmail,
        refused("email"),
        message({ replyToInboundId: "IN-1" }),
        inbound(said("a question", byEmail)),
      ],
      { outcome: "allow", ruleId: "medium.refused" },
    ),
    stops("refuse", "the second answer", [
      toEmail,
      refused("email"),
      message({ replyToInboundId: "IN-1" }),
      inbound(said("a question", byEmail)),
      history(call("19", { channel: "email", replyToInboundId: "IN-1" })),
    ]),
    stops("refuse", "an answer through another medium", [
      refused("voice"),
      message({ replyToInboundId: "IN-1" }),
      inbound(said("a question", byEmail)),
    ]),
    stops("refuse", "an answer to nothing", [
      refused("voice"),
      message({ replyToInboundId: "IN-1" }),
    ]),
    stops("refuse", "stop calling, in writing", [inbound(said("stop calling me"))]),
    stops("refuse", "stop calling, on the telephone", [inbound(said("stop calling me", byVoice))]),
    opens("stop calling leaves email open", [toEmail, inbound(said("stop calling me"))]),
    stops("refuse", "no contact, on the telephone: a call", [
      inbound(said("stop contacting me", byVoice)),
    ]),
    stops("hold", "no contact, on the telephone: an email", [
      toEmail,
      inbound(said("stop contacting me", byVoice)),
    ]),
    opens("no contact, in writing: a call about servicing", [
      servicing,
      current,
      inbound(said("stop contacting me")),
    ]),
    opens("an opt-out confirmation", [CONFIRMS, justNow(), refused("text")], {
      outcome: "allow",
      ruleId: "optout.confirm",
    }),
    opens("a call without words", [
      inbound({ id: "IN-1", channel: "voice", receivedAt: "2026-11-19T15:00:00Z" }),
    ]),
  ],
  "pref.product": [
    opens("no wish", [toEmail]),
    stops("refuse", "no reminders while current", [
      toEmail,
      noReminders,
      current,
      message({ theme: "opsServicing", kind: "reminder" }),
    ]),
    opens("a loan is past due", [toEmail, noReminders, message({ kind: "reminder" })]),
    opens("one of two loans is past due", [
      toEmail,
      noReminders,
      secondLoan(),
      current,
      message({ kind: "reminder", loanIds: ["L1", "L2"], asksForMoney: false }),
    ]),
    opens("no reminder", [toEmail, noReminders, servicing, current]),
    opens("reminders are wanted", [
      toEmail,
      current,
      message({ theme: "opsServicing", kind: "reminder" }),
    ]),
    stops("refuse", "electronic communication withdrawn", [
      toEmail,
      { consents: { electronicComms: { value: "revoked" } } },
    ]),
    ...["text", "chat", "fax", "gui"].map((channel) =>
      stops("refuse", `electronic communication withdrawn: ${channel}`, [
        toText,
        message({ channel }),
        { consents: { electronicComms: { value: "revoked" } } },
      ]),
    ),
    ...["voice", "mail", "document"].map((channel) =>
      opens(`electronic communication withdrawn: ${channel}`, [
        message({ channel }),
        { consents: { electronicComms: { value: "revoked" } } },
      ]),
    ),
    opens("withdrawn until a minute ago", [
      toEmail,
      { consents: { electronicComms: { value: "revoked", until: "2026-11-20T16:29:00Z" } } },
    ]),
    stops("refuse", "withdrawn until in a minute", [
      toEmail,
      { consents: { electronicComms: { value: "revoked", until: "2026-11-20T16:31:00Z" } } },
    ]),
    opens("withdrawn until now", [
      toEmail,
      { consents: { electronicComms: { value: "revoked", until: "2026-11-20T16:30:00Z" } } },
    ]),
    opens("withdrawn from tomorrow", [
      toEmail,
      { consents: { electronicComms: { value: "revoked", from: "2026-11-21T16:30:00Z" } } },
    ]),
    opens("given", [toEmail, consent("electronicComms")]),
    opens("given until in a minute", [
      toEmail,
      consent("electronicComms", { until: "2026-11-20T16:31:00Z" }),
    ]),
    stops("refuse", "given until a minute ago", [
      toEmail,
      consent("electronicComms", { until: "2026-11-20T16:29:00Z" }),
    ]),
    stops("refuse", "do not interact, no end", [
      toEmail,
      dni({ channels: ["email"], themes: ["opsCollDebt"] }),
    ]),
    stops("refuse", "every channel", [toMail, dni({ channels: ["all"], themes: ["opsCollDebt"] })]),
    stops("refuse", "every theme", [toEmail, dni({ channels: ["email"], themes: ["all"] })]),
    stops("refuse", "every theme, and marketing has none", [
      toEmail,
      marketing,
      dni({ channels: ["email"], themes: ["all"] }),
    ]),
    opens("every theme leaves out codes", [
      toEmail,
      codes,
      dni({ channels: ["email"], themes: ["all"] }),
    ]),
    stops("refuse", "unless they are named", [
      toEmail,
      codes,
      dni({ channels: ["email"], themes: ["opsAccountCredentials"] }),
    ]),
    opens("another channel", [toEmail, dni({ channels: ["text"], themes: ["all"] })]),
    opens("another theme", [toEmail, dni({ channels: ["email"], themes: ["opsServicing"] })]),
    stops(
      "wait",
      "to the end of today",
      [toEmail, dni({ channels: ["email"], themes: ["all"], endDate: "2026-11-20" })],
      { until: "2026-11-21T13:00:00Z" },
    ),
    opens("it ended yesterday", [
      toEmail,
      dni({ channels: ["email"], themes: ["all"], endDate: "2026-11-19" }),
    ]),
    stops(
      "wait",
      "the later of two",
      [
        toEmail,
        dni(
          { channels: ["email"], themes: ["all"], endDate: "2026-11-20" },
          { channels: ["all"], themes: ["all"], endDate: "2026-11-25" },
        ),
      ],
      { until: "2026-11-26T13:00:00Z" },
    ),
    stops("refuse", "one of two without an end", [
      toEmail,
      dni(
        { channels: ["email"], themes: ["all"], endDate: "2026-11-20" },
        { channels: ["all"], themes: ["all"] },
      ),
    ]),
    stops(
      "wait",
      "a letter waits to midnight",
      [toMail, dni({ channels: ["mail"], themes: ["all"], endDate: "2026-11-20" })],
      { until: "2026-11-21T05:00:00Z" },
    ),
    stops(
      "wait",
      "the end is the borrower's day, in every zone",
      [toMail, livesIn("CA"), dni({ channels: ["mail"], themes: ["all"], endDate: "2026-11-20" })],
      { until: "2026-11-21T08:00:00Z" },
    ),
  ],
  "esign.required": [
    opens("consent", [toEmail, VERIFICATION]),
    stops("redirect", "no consent", [toEmail, VERIFICATION, noEsign], {
      to: { party: "borrower", channel: "mail", contactId: "CT-HOME" },
    }),
    stops("redirect", "consent is over", [
      toEmail,
      VERIFICATION,
      consent("esign", { until: "2026-11-01T15:00:00Z" }),
    ]),
    ...["gui", "document"].map((channel) =>
      stops("redirect", `by ${channel}`, [toEmail, message({ channel }), VERIFICATION, noEsign]),
    ),
    opens("no consent, and the lender records none at all", [
      toEmail,
      VERIFICATION,
      noEsign,
      { lender: { switches: { esignRecorded: false } } },
    ]),
    opens("by letter", [toMail, VERIFICATION, noEsign]),
    opens("by text", [toText, VERIFICATION, noEsign]),
    stops("redirect", "a validation notice after the first communication", [
      toEmail,
      VALIDATION,
      noEsign,
    ]),
    opens("a validation notice that is the first communication", [
      toEmail,
      VALIDATION,
      first,
      noEsign,
    ]),
    opens("a first communication of tomorrow is not known", [
      toEmail,
      VALIDATION,
      loan({ initialCommunicationAt: "2026-11-21T15:00:00Z" }),
      noEsign,
    ]),
    stops("redirect", "one of two loans was communicated about", [
      toEmail,
      VALIDATION,
      first,
      secondLoan(),
      message({ loanIds: ["L1", "L2"] }),
      noEsign,
    ]),
    opens("servicing about a validation, as the first communication", [
      toEmail,
      VALIDATION,
      message({ theme: "opsServicingDebtValidation" }),
      first,
      noEsign,
    ]),
    stops("redirect", "another notice, as the first communication", [
      toEmail,
      VERIFICATION,
      first,
      noEsign,
    ]),
    stops("redirect", "the answer about the original creditor", [
      toEmail,
      servicing,
      current,
      message({ kind: "originalCreditorAnswer" }),
      noEsign,
    ]),
    stops("redirect", "a privacy notice", [
      toEmail,
      servicing,
      current,
      message({ kind: "privacyNotice" }),
      noEsign,
    ]),
    opens("servicing", [toEmail, servicing, current, noEsign]),
    stops(
      "redirect",
      "no usable address",
      [toEmail, VERIFICATION, noEsign, { contacts: { "CT-HOME": { valid: false } } }],
      { to: { channel: "mail" } },
    ),
    stops(
      "redirect",
      "the archived address is left out",
      [
        toEmail,
        VERIFICATION,
        noEsign,
        { contacts: { "CT-HOME": { status: "archived" } } },
        also("CT-BOX", { contactType: "address", address: { state: "OH" } }),
      ],
      { to: { contactId: "CT-BOX" } },
    ),
    stops(
      "redirect",
      "a home address before others",
      [
        toEmail,
        VERIFICATION,
        noEsign,
        {
          contacts: {
            "CT-AAA": {
              contactType: "address",
              status: "primary",
              valid: true,
              address: { state: "OH" },
            },
          },
        },
      ],
      { to: { contactId: "CT-HOME" } },
    ),
    stops(
      "redirect",
      "a primary home before a former one",
      [
        toEmail,
        VERIFICATION,
        noEsign,
        {
          contacts: {
            "CT-HOME": { status: "secondary" },
            "CT-NEW": {
              contactType: "address",
              label: "home",
              status: "primary",
              valid: true,
              address: { state: "OH" },
            },
          },
        },
      ],
      { to: { contactId: "CT-NEW" } },
    ),
    stops(
      "redirect",
      "another person's address is left out",
      [toEmail, VERIFICATION, noEsign, { contacts: { "CT-HOME": { affiliation: "parent" } } }],
      { to: { channel: "mail" } },
    ),
  ],
  "esign.excluded": [
    opens("unsecured", [toEmail, CURE]),
    stops("redirect", "the primary residence", [toEmail, CURE, onHome], {
      to: { party: "borrower", channel: "mail" },
    }),
    opens("a vehicle", [toEmail, CURE, loan({ collateral: "vehicle" })]),
    ...["text", "chat", "fax", "gui", "document"].map((channel) =>
      stops("redirect", `by ${channel}`, [toText, CURE, onHome, message({ channel })]),
    ),
    opens("by letter", [toMail, CURE, onHome]),
    opens("by voice", [CURE, onHome]),
    opens("an ordinary message", [toEmail, servicing, current, onHome]),
  ],
  "mkt.email": [
    opens("subscribed", [toEmail, marketing]),
    stops("refuse", "unsubscribed", [
      toEmail,
      marketing,
      email({ marketingOptedOutAt: "2026-11-19T15:00:00Z" }),
    ]),
    opens("unsubscribed tomorrow", [
      toEmail,
      marketing,
      email({ marketingOptedOutAt: "2026-11-21T15:00:00Z" }),
    ]),
    opens("servicing", [
      toEmail,
      servicing,
      current,
      email({ marketingOptedOutAt: "2026-11-19T15:00:00Z" }),
    ]),
    opens(
      "a call is for mkt.phone",
      [marketing, mobile({ marketingOptedOutAt: "2026-11-19T15:00:00Z" })],
      { outcome: "refuse", ruleId: "mkt.phone" },
    ),
  ],
  "mkt.phone": [
    opens("not on a list", [marketing]),
    stops("refuse", "unsubscribed, a call", [
      marketing,
      mobile({ marketingOptedOutAt: "2026-11-19T15:00:00Z" }),
    ]),
    stops("refuse", "unsubscribed, a text", [
      toText,
      marketing,
      written,
      mobile({ marketingOptedOutAt: "2026-11-19T15:00:00Z" }),
    ]),
    stops("refuse", "on the national list", [
      marketing,
      mobile({ onNationalDncList: true }),
      { borrower: { establishedBusinessRelationship: false } },
    ]),
    opens("on the list, an established business relationship", [
      marketing,
      mobile({ onNationalDncList: true }),
    ]),
    opens("on the list, written consent", [
      marketing,
      written,
      mobile({ onNationalDncList: true }),
      { borrower: { establishedBusinessRelationship: false } },
    ]),
    opens("not on the list, no relationship", [
      marketing,
      { borrower: { establishedBusinessRelationship: false } },
    ]),
    opens("an email", [
      toEmail,
      marketing,
      email({ onNationalDncList: true }),
      { borrower: { establishedBusinessRelationship: false } },
    ]),
    opens("collection", [
      mobile({ onNationalDncList: true, marketingOptedOutAt: "2026-11-19T15:00:00Z" }),
      { borrower: { establishedBusinessRelationship: false } },
    ]),
    stops("refuse", "Texas: no written consent", [marketing, livesIn("TX")]),
    opens("Texas: written consent", [marketing, written, livesIn("TX")]),
    opens("Texas before its law", [at("2025-08-29T16:30:00Z"), marketing, livesIn("TX")]),
    stops("wait", "at night", [at("2026-11-21T03:00:00Z"), marketing], {
      outcome: "wait",
      ruleId: "time.window",
      until: "2026-11-21T13:00:00Z",
    }),
  ],
  "sms.thirdpartydebt": [
    opens("a creditor", [toText]),
    stops("refuse", "a debt collector", [toText, byCollector]),
    stops("refuse", "one of two loans", [
      toText,
      secondLoan({ collectorRole: "debtCollector" }),
      message({ loanIds: ["L1", "L2"] }),
      rendered({ miniMiranda: "subsequent" }),
    ]),
    opens("an email", [toEmail, byCollector]),
    stops("refuse", "servicing as well", [...servicingText, byCollector]),
    opens("a servicer before default", [toText, loan({ collectorRole: "servicerPreDefault" })]),
  ],
};
