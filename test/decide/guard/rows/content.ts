import {
  at,
  byCollector,
  codes,
  current,
  closedTo,
  limits,
  livesIn,
  loan,
  marketing,
  message,
  mobile,
  noRegF,
  opens,
  person,
  rendered,
  type RuleRows,
  secondLoan,
  servicing,
  stops,
  toEmail,
  toMail,
  toText,
  unrendered,
  consent,
} from "./row.ts";

const machine = message({ answeredBy: "machine" });
const wrongNumber = mobile({ wrongPartySince: "2026-11-10T15:00:00Z" });
const VALIDATION = {
  message: { theme: "opsLoanValidationOfDebtNotice", asksForMoney: false },
  rendered: { demandsPayment: false, modelForm: "validationB1" },
};
const first = loan({ initialCommunicationAt: null });
const running = loan({ validationPeriodEndsOn: "2026-12-15" });
const urgent = rendered({ urgentDemand: true });
const mktEmail = [toEmail, marketing] as const;
const LOCATE = {
  message: { theme: "opsCollLocateBorrower", asksForMoney: false },
  rendered: { mentionsDebt: false, demandsPayment: false },
};

export const CONTENT_ROWS: RuleRows = {
  "content.optoutnotice": [
    opens("reply stop", [toEmail]),
    opens("a link", [toEmail, rendered({ optOutMethods: ["writeUs", "link"] })]),
    stops("refuse", "none", [toEmail, rendered({ optOutMethods: [] })]),
    stops("refuse", "call us or write us", [
      toEmail,
      rendered({ optOutMethods: ["writeUs", "callUs"] }),
    ]),
    stops("refuse", "a text", [toText, rendered({ optOutMethods: [] })]),
    stops("refuse", "a chat", [message({ channel: "chat" }), rendered({ optOutMethods: [] })]),
    opens("a letter", [toMail, rendered({ optOutMethods: [] })]),
    opens("servicing", [toEmail, servicing, current, rendered({ optOutMethods: [] })]),
    opens("not rendered yet", [toEmail, unrendered], {
      outcome: "allow",
      requires: ["opt-out-notice"],
    }),
  ],
  "content.minimiranda": [
    opens("a creditor who says nothing", [toEmail]),
    stops("hold", "a creditor who says it", [toEmail, rendered({ miniMiranda: "subsequent" })]),
    opens("a creditor, not rendered yet", [toEmail, unrendered], { outcome: "allow" }),
    opens("a collector, later", [toEmail, byCollector]),
    opens("a collector, later, with the initial statement", [
      toEmail,
      byCollector,
      rendered({ miniMiranda: "initial" }),
    ]),
    stops("refuse", "a collector, later, without it", [
      toEmail,
      byCollector,
      rendered({ miniMiranda: "none" }),
    ]),
    stops("refuse", "a collector, first, with the later statement", [toEmail, byCollector, first]),
    opens("a collector, first", [
      toEmail,
      byCollector,
      first,
      rendered({ miniMiranda: "initial" }),
    ]),
    stops("refuse", "first about one of two loans", [
      toEmail,
      byCollector,
      secondLoan({ initialCommunicationAt: null }),
      message({ loanIds: ["L1", "L2"] }),
    ]),
    opens("a collector, first, not rendered yet", [toEmail, byCollector, first, unrendered], {
      outcome: "allow",
      requires: ["mini-miranda-initial"],
    }),
    opens("a collector, later, not rendered yet", [toEmail, byCollector, unrendered], {
      outcome: "allow",
      requires: ["mini-miranda-subsequent"],
    }),
    opens("a limited-content voicemail", [
      byCollector,
      machine,
      rendered({ miniMiranda: "none", voicemail: "limitedContent" }),
    ]),
    opens("a limited-content ringless voicemail", [
      byCollector,
      message({ isRinglessVoicemail: true }),
      consent("autodialedCalls"),
      rendered({ miniMiranda: "none", voicemail: "limitedContent" }),
    ]),
    stops("refuse", "a person answered", [
      byCollector,
      message({ answeredBy: "human" }),
      rendered({ miniMiranda: "none", voicemail: "limitedContent" }),
    ]),
    stops("refuse", "an email is no voicemail", [
      toEmail,
      byCollector,
      machine,
      rendered({ miniMiranda: "none", voicemail: "limitedContent" }),
    ]),
    stops("refuse", "a collector's notice", [
      toMail,
      byCollector,
      message({ theme: "opsServicingTimeBarredNotice", asksForMoney: false }),
      rendered({ miniMiranda: "none" }),
    ]),
    opens("a location message", [
      byCollector,
      person("sibling"),
      LOCATE,
      rendered({ miniMiranda: "none" }),
    ]),
    opens("a collector's servicing", [
      toEmail,
      byCollector,
      servicing,
      current,
      rendered({ miniMiranda: "none" }),
    ]),
  ],
  "content.validation": [
    opens("the model form", [toEmail, VALIDATION]),
    stops("refuse", "another form", [
      toEmail,
      VALIDATION,
      rendered({ modelForm: "negativeReportB1" }),
    ]),
    stops("refuse", "no form", [toEmail, VALIDATION, rendered({ modelForm: null })]),
    stops("refuse", "a field left blank", [
      toEmail,
      VALIDATION,
      rendered({ itemizationMissing: ["fees"] }),
    ]),
    opens("not rendered yet", [toEmail, VALIDATION, unrendered], {
      outcome: "allow",
      requires: ["validation-model"],
    }),
    opens("another theme", [toEmail, servicing, current]),
  ],
  "content.overshadow": [
    opens("no demand", [toEmail, running]),
    stops("hold", "an urgent demand", [toEmail, running, urgent]),
    stops("hold", "on the last day", [
      toEmail,
      loan({ validationPeriodEndsOn: "2026-11-20" }),
      urgent,
    ]),
    opens("after it", [toEmail, loan({ validationPeriodEndsOn: "2026-11-19" }), urgent]),
    opens("the period has not begun", [toEmail, loan({ validationPeriodEndsOn: null }), urgent]),
    opens("not rendered", [toEmail, running, unrendered]),
    opens("servicing", [toEmail, running, servicing, current, urgent]),
    stops("hold", "a collector's notice", [
      toMail,
      running,
      byCollector,
      message({ theme: "opsServicingTimeBarredNotice", asksForMoney: false }),
      urgent,
    ]),
    stops("hold", "the period of one of two loans", [
      toEmail,
      secondLoan({ validationPeriodEndsOn: "2026-12-15" }),
      message({ loanIds: ["L1", "L2"] }),
      urgent,
    ]),
  ],
  "voice.voicemail": [
    opens("a person answered", [
      message({ answeredBy: "human" }),
      rendered({ voicemail: "other" }),
    ]),
    opens("limited content", [machine, rendered({ voicemail: "limitedContent" })]),
    opens("nothing is left", [machine]),
    stops("refuse", "something else", [machine, rendered({ voicemail: "other" })]),
    opens("not rendered yet", [machine, unrendered], {
      outcome: "allow",
      requires: ["limited-content"],
    }),
    stops("refuse", "a number known to be another's", [
      machine,
      wrongNumber,
      rendered({ voicemail: "limitedContent" }),
    ]),
    opens("nothing is left there", [machine, wrongNumber]),
    stops("refuse", "a ringless voicemail", [
      message({ isRinglessVoicemail: true }),
      consent("autodialedCalls"),
      rendered({ voicemail: "other" }),
    ]),
    opens("servicing", [machine, servicing, current, rendered({ voicemail: "other" })]),
    opens("an email", [toEmail, machine, rendered({ voicemail: "other" })]),
  ],
  "mail.envelope": [
    opens("a letter", [toMail]),
    stops("refuse", "a postcard", [toMail, rendered({ mailProduct: "postcard" })]),
    stops("refuse", "an envelope that shows something", [
      toMail,
      rendered({ plainEnvelope: false }),
    ]),
    opens("an email", [toEmail, rendered({ mailProduct: "postcard" })]),
    opens("servicing", [toMail, servicing, current, rendered({ mailProduct: "postcard" })]),
    opens("not rendered yet", [toMail, unrendered], {
      outcome: "allow",
      requires: ["plain-envelope"],
    }),
  ],
  "content.subjectline": [
    opens("it names the debt", [toEmail, VALIDATION]),
    stops("refuse", "it does not", [
      toEmail,
      VALIDATION,
      rendered({ subjectIdentifiesDebt: false }),
    ]),
    stops("refuse", "the sender is not known", [
      toEmail,
      VALIDATION,
      rendered({ namesSender: false }),
    ]),
    opens("servicing", [toEmail, servicing, current, rendered({ subjectIdentifiesDebt: false })]),
    opens("a letter", [toMail, VALIDATION, rendered({ subjectIdentifiesDebt: false })]),
    opens("not rendered yet", [toEmail, VALIDATION, unrendered], {
      outcome: "allow",
      requires: ["subject-line"],
    }),
  ],
  "content.canspam": [
    opens("complete", [...mktEmail]),
    stops("refuse", "no postal address", [...mktEmail, rendered({ postalAddress: false })]),
    stops("refuse", "not labelled", [...mktEmail, rendered({ adLabel: false })]),
    stops("refuse", "no opt-out", [...mktEmail, rendered({ optOutMethods: [] })]),
    opens("servicing", [toEmail, servicing, current, rendered({ postalAddress: false })]),
    opens("a marketing letter", [toMail, marketing, rendered({ postalAddress: false })]),
    opens("not rendered yet", [...mktEmail, unrendered], {
      outcome: "allow",
      requires: ["canspam", "one-click-headers"],
    }),
  ],
  "email.headers": [
    opens("both headers", [...mktEmail]),
    opens("several addresses", [
      ...mktEmail,
      rendered({
        listUnsubscribe: "<mailto:u@lender.example>, <https://mail.lender.example/u/8c1f>",
      }),
    ]),
    stops("refuse", "no List-Unsubscribe", [...mktEmail, rendered({ listUnsubscribe: null })]),
    stops("refuse", "not over https", [
      ...mktEmail,
      rendered({ listUnsubscribe: "<http://mail.lender.example/u/8c1f>" }),
    ]),
    stops("refuse", "no List-Unsubscribe-Post", [
      ...mktEmail,
      rendered({ listUnsubscribePost: null }),
    ]),
    stops("refuse", "another List-Unsubscribe-Post", [
      ...mktEmail,
      rendered({ listUnsubscribePost: "One-Click" }),
    ]),
    opens("servicing", [toEmail, servicing, current, rendered({ listUnsubscribe: null })]),
  ],
  "sms.content": [
    opens("1,600 characters", [toText, rendered({ characters: 1600 })]),
    stops("refuse", "1,601 characters", [toText, rendered({ characters: 1601 })]),
    opens("three segments", [toText, rendered({ segments: 3 })]),
    stops("hold", "four segments", [toText, rendered({ segments: 4 })]),
    opens("four segments, where the lender allows them", [
      toText,
      rendered({ segments: 4 }),
      limits({ segments: 4 }),
    ]),
    stops("hold", "a public short link", [toText, rendered({ hasPublicUrlShortener: true })]),
    stops("refuse", "the sender is not named", [toText, rendered({ namesSender: false })]),
    opens("an email", [toEmail, rendered({ characters: 5000, segments: 40 })]),
    stops("hold", "codes as well", [toText, codes, rendered({ segments: 4 })]),
    opens("not rendered yet", [toText, codes, unrendered], {
      outcome: "allow",
      requires: ["sms-content"],
    }),
  ],
  "cg.stale": [
    opens("the case matches", [toEmail]),
    stops("refuse", "the case has changed", [toEmail, message({ caseStillMatches: false })]),
    opens("at the latest time", [toEmail, message({ scheduledAtTo: "2026-11-20T16:30:00Z" })], {
      outcome: "allow",
      until: "2026-11-20T16:30:00Z",
    }),
    stops("refuse", "a ms after it", [
      toEmail,
      message({ scheduledAtTo: "2026-11-20T16:29:59.999Z" }),
    ]),
    opens(
      "a wait that ends at the latest time",
      [at("2026-11-20T12:00:00Z"), toEmail, message({ scheduledAtTo: "2026-11-20T13:00:00Z" })],
      { outcome: "wait", until: "2026-11-20T13:00:00Z", ruleId: "time.window" },
    ),
    opens(
      "a wait that ends after it",
      [at("2026-11-20T12:00:00Z"), toEmail, message({ scheduledAtTo: "2026-11-20T12:59:59Z" })],
      {
        outcome: "refuse",
        ruleId: "cg.stale",
        log: [
          { ruleId: "time.window", outcome: "wait", until: "2026-11-20T13:00:00Z" },
          { ruleId: "cg.stale", outcome: "refuse" },
        ],
      },
    ),
    opens("a wait of 14 days", [at("2026-11-20T13:00:00Z"), toEmail, closedTo("2026-12-03")], {
      outcome: "wait",
      ruleId: "pref.product",
      until: "2026-12-04T13:00:00Z",
    }),
    opens(
      "a wait of 14 days and a ms",
      [at("2026-11-20T12:59:59.999Z"), toEmail, closedTo("2026-12-03")],
      { outcome: "refuse", ruleId: "cg.stale" },
    ),
  ],
  "state.scope": [
    opens("Ohio: a creditor with Regulation F switched off", [
      at("2026-11-21T03:00:00Z"),
      toEmail,
      noRegF,
    ]),
    opens(
      "California binds it",
      [
        at("2026-11-21T05:00:00Z"),
        toEmail,
        noRegF,
        livesIn("CA"),
        mobile({ value: "+12135550123" }),
      ],
      { outcome: "wait", ruleId: "time.window" },
    ),
    opens("California: servicing stays free", [
      at("2026-11-21T05:00:00Z"),
      toEmail,
      noRegF,
      livesIn("CA"),
      servicing,
      current,
    ]),
    opens(
      "a state's own rule binds it as well",
      [
        noRegF,
        livesIn("MA"),
        {
          history: ["16", "18"].map((day) => ({
            channel: "voice",
            at: `2026-11-${day}T15:00:00Z`,
            status: "attempted",
            statusDetails: "voiceNoAnswer",
            contactId: "CT-MOBILE",
            loanIds: ["L1"],
          })),
        },
      ],
      { outcome: "wait", ruleId: "freq.state" },
    ),
  ],
};
