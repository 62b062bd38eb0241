import {
  also,
  at,
  byCollector,
  call,
  codes,
  consent,
  current,
  email,
  history,
  inbound,
  limits,
  livesIn,
  loan,
  mail,
  marketing,
  message,
  mobile,
  noBurst,
  noRegF,
  opens,
  person,
  rendered,
  type RuleRows,
  said,
  secondLoan,
  sentEmail,
  servicing,
  stops,
  talk,
  text,
  toEmail,
  toMail,
  toText,
} from "./row.ts";

const WEEKDAYS_15_TO_17 = {
  preferences: {
    inconvenientTimes: [{ days: ["mon", "tue", "wed", "thu", "fri"], from: "15:00", to: "17:00" }],
  },
};
const times = (...inconvenientTimes: readonly Record<string, string | readonly string[]>[]) => ({
  preferences: { inconvenientTimes },
});
const ANSWER = [
  toEmail,
  message({ replyToInboundId: "IN-1" }),
  inbound(
    said("a question", {
      channel: "email",
      contactId: "CT-EMAIL",
      receivedAt: "2026-11-20T12:00:00Z",
    }),
  ),
] as const;
const NIGHT = at("2026-11-21T03:00:00Z");
const SEVEN = ["14", "15", "16", "17", "18", "19", "19"].map((day) => call(day));
const calls = (...days: readonly string[]) => history(...days.map((day) => call(day)));
const LAND = also("CT-LAND", {
  contactType: "phone",
  value: "+16145550144",
  status: "primary",
  lineType: "landline",
});
const toLand = message({ contactId: "CT-LAND", isPrerecorded: true });
const recorded = (day: string, more = {}) =>
  call(day, {
    contactId: "CT-LAND",
    isPrerecorded: true,
    statusDetails: "voiceMachineNoMessage",
    ...more,
  });
const SIX_TODAY = ["12:10", "12:20", "12:30", "12:40", "12:50", "13:00"].map((time) =>
  call(`2026-11-20T${time}:00Z`),
);
const AGREED_TO_19 = {
  consents: { calls: [{ givenAt: "2026-11-14T18:00:00Z", until: "2026-11-19" }] },
};
const student = { productType: "student", accountNumber: "ACC-1" };
const electronicConsent = [
  email({ electronicConsentAt: "2026-10-01T15:00:00Z" }),
  mobile({ electronicConsentAt: "2026-10-01T15:00:00Z" }),
];
const DC_READY = [
  livesIn("DC"),
  loan({ stateNoticeMailedAt: "2026-10-01T15:00:00Z" }),
  ...electronicConsent,
] as const;
const WORK = also("CT-WORK", {
  contactType: "phone",
  value: "+16145550155",
  label: "work",
  lineType: "landline",
});
const toWork = message({ contactId: "CT-WORK" });
const licensed = { lender: { licensedAgencyIn: ["WA"] } };
const written = mobile({ writtenMarketingConsentAt: "2026-11-01T15:00:00Z" });
const mktText = [toText, marketing, written] as const;

export const CONTACT_ROWS: RuleRows = {
  "time.window": [
    opens("8:00", [at("2026-11-20T13:00:00Z")], {
      outcome: "allow",
      until: "2026-11-21T02:00:00Z",
    }),
    stops("wait", "a ms before 8:00", [at("2026-11-20T12:59:59.999Z")], {
      until: "2026-11-20T13:00:00Z",
    }),
    opens("a ms before 21:00", [at("2026-11-21T01:59:59.999Z")]),
    stops("wait", "21:00", [at("2026-11-21T02:00:00Z")], { until: "2026-11-21T13:00:00Z" }),
    ...["text", "email", "fax", "chat"].map((channel) =>
      stops("wait", `collection by ${channel} at night`, [
        NIGHT,
        channel === "email" ? toEmail : message({ channel }),
      ]),
    ),
    ...["mail", "gui", "document"].map((channel) =>
      opens(`collection by ${channel} at night`, [NIGHT, toMail, message({ channel })]),
    ),
    opens("codes at night", [NIGHT, toText, codes]),
    opens("a servicing email at night", [NIGHT, toEmail, servicing, current]),
    stops("wait", "a servicing call at night", [NIGHT, servicing, current]),
    stops("wait", "a collection call at night, Regulation F switched off", [NIGHT, noRegF]),
    opens("a collection email at night, Regulation F switched off", [NIGHT, toEmail, noRegF]),
    stops("wait", "a creditor's notice by text at night", [
      NIGHT,
      toText,
      message({ theme: "opsServicingTimeBarredNotice", asksForMoney: false }),
    ]),
    stops("wait", "a marketing call at night", [NIGHT, marketing]),
    stops("wait", "a location message to a third person at night", [
      NIGHT,
      person("sibling"),
      message({ theme: "opsCollLocateBorrower", asksForMoney: false }),
      rendered({ mentionsDebt: false }),
    ]),
    stops("wait", "an answer to an inbound theme, unasked", [
      NIGHT,
      message({ theme: "inbRequest", asksForMoney: false }),
      current,
    ]),
    stops(
      "wait",
      "within ten minutes of the end",
      [at("2026-11-21T01:50:00Z"), limits({ marginMinutes: { voice: 10, text: 2 } })],
      { until: "2026-11-21T13:00:00Z" },
    ),
    opens(
      "ten minutes and a second before the end",
      [at("2026-11-21T01:49:59Z"), limits({ marginMinutes: { voice: 10, text: 2 } })],
      { outcome: "allow", until: "2026-11-21T02:00:00Z" },
    ),
    stops("wait", "a text within two minutes of the end", [
      at("2026-11-21T01:58:00Z"),
      toText,
      limits({ marginMinutes: { voice: 10, text: 2 } }),
    ]),
    opens("a text four minutes before the end", [
      at("2026-11-21T01:56:00Z"),
      toText,
      limits({ marginMinutes: { voice: 10, text: 2 } }),
    ]),
    opens("an email a minute before the end", [
      at("2026-11-21T01:59:00Z"),
      toEmail,
      limits({ marginMinutes: { voice: 10, text: 2 } }),
    ]),
    opens(
      "consent to unusual times",
      [NIGHT, consent("contactPersonUnusualTime", { until: "2026-11-21T04:00:00Z" })],
      { outcome: "allow", until: "2026-11-21T04:00:00Z" },
    ),
    stops("wait", "that consent is over", [
      NIGHT,
      consent("contactPersonUnusualTime", { until: "2026-11-21T03:00:00Z" }),
    ]),
    stops("wait", "a Pacific address: 10:59 Eastern", [at("2026-11-20T15:59:00Z"), livesIn("CA")], {
      until: "2026-11-20T16:00:00Z",
    }),
    opens("a secondary phone is no evidence", [
      at("2026-11-20T13:00:00Z"),
      also("CT-CA", { contactType: "phone", value: "+12135550123", status: "secondary" }),
    ]),
    stops("wait", "a primary phone at work is", [
      at("2026-11-20T13:00:00Z"),
      also("CT-CA", {
        contactType: "phone",
        value: "+12135550123",
        status: "primary",
        label: "work",
      }),
    ]),
    opens("an archived primary address is not", [
      at("2026-11-20T13:00:00Z"),
      livesIn("CA"),
      { contacts: { "CT-HOME": { status: "archived" } } },
    ]),
    opens("a secondary address is not", [
      at("2026-11-20T13:00:00Z"),
      livesIn("CA"),
      { contacts: { "CT-HOME": { status: "secondary" } } },
    ]),
    opens("a zone that the borrower told us replaces all", [
      at("2026-11-20T13:00:00Z"),
      livesIn("CA"),
      { borrower: { toldTimeZone: "America/New_York" } },
    ]),
    opens("zones of the address replace those of its state", [
      at("2026-11-20T13:00:00Z"),
      { contacts: { "CT-HOME": { address: { state: "TN", zones: ["America/New_York"] } } } },
    ]),
    stops("wait", "a state with two zones", [
      at("2026-11-20T13:00:00Z"),
      { contacts: { "CT-HOME": { address: { state: "TN" } } } },
    ]),
    stops("wait", "an overlay code has the zones of its area", [
      at("2026-11-20T13:30:00Z"),
      mobile({ value: "+19865550123" }),
    ]),
    opens("a foreign number says nothing", [
      at("2026-11-20T13:00:00Z"),
      mobile({ value: "+4930123456" }),
    ]),
    opens("a toll-free number says nothing", [
      at("2026-11-20T13:00:00Z"),
      mobile({ value: "+18005550123" }),
    ]),
    opens("an address for the army post says nothing", [
      at("2026-11-20T13:00:00Z"),
      { contacts: { "CT-HOME": { address: { state: "AE" } } } },
    ]),
    stops(
      "wait",
      "no evidence at all, 12:59 Eastern",
      [at("2026-11-20T17:59:00Z"), mobile({ value: null }), { contacts: { "CT-HOME": null } }],
      { until: "2026-11-20T18:00:00Z" },
    ),
    opens("no evidence at all, 8:00 in Hawaii", [
      at("2026-11-20T18:00:00Z"),
      mobile({ value: null }),
      { contacts: { "CT-HOME": null } },
    ]),
    stops(
      "wait",
      "zones that are never open together",
      [
        {
          contacts: {
            "CT-HOME": { address: { state: "OH", zones: ["Asia/Tokyo", "Europe/Paris"] } },
          },
        },
      ],
      { outcome: "refuse", ruleId: "cg.stale" },
    ),
  ],
  "time.consumer": [
    opens("14:59", [at("2026-11-20T19:59:59Z"), toText, WEEKDAYS_15_TO_17], {
      outcome: "allow",
      until: "2026-11-20T20:00:00Z",
    }),
    stops("wait", "15:00", [at("2026-11-20T20:00:00Z"), WEEKDAYS_15_TO_17], {
      until: "2026-11-20T22:00:00Z",
    }),
    stops("wait", "16:59", [at("2026-11-20T21:59:59Z"), WEEKDAYS_15_TO_17], {
      until: "2026-11-20T22:00:00Z",
    }),
    opens("17:00", [at("2026-11-20T22:00:00Z"), WEEKDAYS_15_TO_17], {
      outcome: "allow",
      until: "2026-11-21T02:00:00Z",
    }),
    opens("another weekday", [at("2026-11-21T20:30:00Z"), WEEKDAYS_15_TO_17]),
    stops("wait", "a whole day", [times({ days: ["fri"] })], { until: "2026-11-21T13:00:00Z" }),
    stops("wait", "three whole days", [times({ days: ["fri", "sat"] }, { days: ["sun"] })], {
      until: "2026-11-23T13:00:00Z",
    }),
    stops("wait", "on its last day", [times({ days: ["fri"], untilDate: "2026-11-20" })]),
    opens("after its last day", [times({ days: ["fri"], untilDate: "2026-11-19" })]),
    stops("wait", "from a time to the end of the day", [times({ days: ["fri"], from: "11:00" })], {
      until: "2026-11-21T13:00:00Z",
    }),
    stops("wait", "from the start of the day to a time", [times({ days: ["fri"], to: "12:00" })], {
      until: "2026-11-20T17:00:00Z",
    }),
    opens("up to a time that has passed", [times({ days: ["fri"], to: "11:30" })]),
    stops(
      "wait",
      "from an evening into the next morning",
      [times({ days: ["thu"], from: "20:00", to: "12:00" })],
      { until: "2026-11-20T17:00:00Z" },
    ),
    opens("that morning, on another day", [times({ days: ["fri"], from: "20:00", to: "12:00" })], {
      outcome: "allow",
      until: "2026-11-21T01:00:00Z",
    }),
    stops("wait", "the last evening goes on after its last day", [
      times({ days: ["thu"], from: "20:00", to: "12:00", untilDate: "2026-11-19" }),
    ]),
    opens("an evening after its last day", [
      times({ days: ["thu"], from: "20:00", to: "12:00", untilDate: "2026-11-18" }),
    ]),
    stops(
      "wait",
      "a time equal to its end is a day",
      [times({ days: ["thu"], from: "12:00", to: "12:00" })],
      { until: "2026-11-20T17:00:00Z" },
    ),
    stops(
      "wait",
      "in one of two zones",
      [
        at("2026-11-20T19:30:00Z"),
        livesIn("CA"),
        times({ days: ["fri"], from: "11:00", to: "12:00" }),
      ],
      { until: "2026-11-20T20:00:00Z" },
    ),
    stops(
      "wait",
      "every day",
      [times({ days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] })],
      { outcome: "refuse", ruleId: "cg.stale" },
    ),
    opens("a servicing email has no hours", [
      toEmail,
      servicing,
      current,
      times({ days: ["fri"] }),
    ]),
    opens("a letter has no hours", [toMail, times({ days: ["fri"] })]),
    opens(
      "consent to unusual times",
      [
        toText,
        times({ days: ["fri"] }, { days: ["sat"], from: "08:00" }),
        consent("contactPersonUnusualTime"),
      ],
      { outcome: "allow", until: null },
    ),
  ],
  "time.respondonce": [
    opens("the first answer at night", [NIGHT, ...ANSWER], {
      outcome: "allow",
      ruleId: "time.respondonce",
    }),
    opens("the first answer by day opens no door", [...ANSWER], { outcome: "allow", ruleId: null }),
    opens(
      "an answer through another medium",
      [NIGHT, ...ANSWER, message({ channel: "text", contactId: "CT-MOBILE" })],
      { outcome: "wait", ruleId: "time.window" },
    ),
    opens(
      "the second answer",
      [NIGHT, ...ANSWER, history(sentEmail("20", { replyToInboundId: "IN-1" }))],
      { outcome: "wait", ruleId: "time.window" },
    ),
    opens(
      "a planned answer is an answer",
      [
        NIGHT,
        ...ANSWER,
        history(sentEmail("20", { replyToInboundId: "IN-1", status: "scheduled" })),
      ],
      { outcome: "wait", ruleId: "time.window" },
    ),
    opens(
      "a canceled answer is none",
      [
        NIGHT,
        ...ANSWER,
        history(sentEmail("20", { replyToInboundId: "IN-1", status: "canceled" })),
      ],
      { outcome: "allow", ruleId: "time.respondonce" },
    ),
    opens(
      "an answer to another message",
      [NIGHT, ...ANSWER, history(sentEmail("20", { replyToInboundId: "IN-2" }))],
      { outcome: "allow", ruleId: "time.respondonce" },
    ),
    opens("the message is not known", [NIGHT, ...ANSWER, message({ replyToInboundId: "IN-2" })], {
      outcome: "wait",
      ruleId: "time.window",
    }),
  ],
  "time.state": [
    opens("no state hours", [NIGHT], { outcome: "wait", ruleId: "time.window" }),
    stops(
      "wait",
      "marketing in Florida at 20:00",
      [at("2026-11-21T01:00:00Z"), livesIn("FL"), ...mktText],
      { until: "2026-11-21T13:00:00Z" },
    ),
    opens(
      "marketing in Florida at 19:59",
      [at("2026-11-21T00:59:00Z"), livesIn("FL"), ...mktText],
      { outcome: "allow", until: "2026-11-21T01:00:00Z" },
    ),
    stops("wait", "marketing to a number of Florida", [
      at("2026-11-21T01:30:00Z"),
      ...mktText,
      mobile({ value: "+13055550123" }),
    ]),
    stops(
      "wait",
      "marketing to a number of Oklahoma",
      [
        at("2026-11-21T02:30:00Z"),
        ...mktText,
        mobile({ value: "+14055550123" }),
        { contacts: { "CT-HOME": null } },
      ],
      { outcome: "wait", ruleId: "time.state" },
    ),
    opens("marketing in Ohio at 20:30", [at("2026-11-21T01:30:00Z"), ...mktText]),
    stops("wait", "marketing in Oklahoma", [
      at("2026-11-21T01:30:00Z"),
      livesIn("OK"),
      ...mktText,
      { contacts: { "CT-MOBILE": { value: "+12145550123" } } },
      at("2026-11-21T02:30:00Z"),
    ]),
    stops(
      "wait",
      "marketing in Oregon",
      [at("2026-11-21T04:30:00Z"), livesIn("OR"), ...mktText, mobile({ value: "+15035550123" })],
      { outcome: "wait", until: "2026-11-21T16:00:00Z" },
    ),
    opens("marketing in Oregon before its law", [
      at("2025-12-31T04:30:00Z"),
      livesIn("OR"),
      marketing,
      mobile({ value: "+18005550123" }),
    ]),
    stops("wait", "marketing in Washington", [
      at("2026-11-21T04:30:00Z"),
      livesIn("WA"),
      marketing,
      mobile({ value: "+12065550123" }),
    ]),
    stops("wait", "collection in Florida: both hours close", [NIGHT, livesIn("FL"), toText], {
      outcome: "wait",
      ruleId: "time.window",
    }),
    opens("collection by email in Florida", [
      at("2026-11-21T02:30:00Z"),
      livesIn("FL"),
      toEmail,
      noRegF,
    ]),
    stops(
      "wait",
      "collection by email in Florida, on the last day of the old law",
      [
        at("2025-05-16T01:30:00Z"),
        livesIn("FL"),
        toEmail,
        noRegF,
        { borrower: { toldTimeZone: "America/New_York" } },
      ],
      { outcome: "wait", until: "2025-05-16T12:00:00Z" },
    ),
    opens("the day after", [
      at("2025-05-17T01:30:00Z"),
      livesIn("FL"),
      toEmail,
      noRegF,
      { borrower: { toldTimeZone: "America/New_York" } },
    ]),
    stops("wait", "consent to unusual times does not bind the state", [
      NIGHT,
      livesIn("MA"),
      consent("contactPersonUnusualTime"),
    ]),
    opens("a licensed agency has the hours of Washington", [
      at("2026-11-20T16:00:00Z"),
      livesIn("WA"),
      licensed,
      mobile({ value: "+12065550123" }),
    ]),
    stops("wait", "and keeps to them", [
      at("2026-11-21T05:00:00Z"),
      livesIn("WA"),
      licensed,
      mobile({ value: "+12065550123" }),
      consent("contactPersonUnusualTime"),
    ]),
    opens("a licence elsewhere does not count", [
      at("2026-11-21T05:00:00Z"),
      livesIn("WA"),
      { lender: { licensedAgencyIn: ["OR"] } },
      mobile({ value: "+12065550123" }),
      consent("contactPersonUnusualTime"),
    ]),
  ],
  "freq.7in7": [
    opens(
      "a conversation under consent does not end the consent for itself",
      [noBurst, history(talk("18"), ...SIX_TODAY), AGREED_TO_19],
      { outcome: "wait", ruleId: "freq.conversation7" },
    ),
    opens("six calls", [calls("14", "15", "16", "17", "18", "19")]),
    stops("wait", "seven", [history(...SEVEN)], { until: "2026-11-21T13:00:00Z" }),
    opens("seven, the first of them eight days ago", [
      calls("13", "14", "15", "16", "17", "18", "19"),
    ]),
    stops(
      "wait",
      "on the next day as well",
      [calls("15", "15", "15", "15", "16", "16", "16", "16")],
      { until: "2026-11-22T13:00:00Z" },
    ),
    stops(
      "wait",
      "at night: the count and the hours",
      [at("2026-11-20T12:00:00Z"), history(...SEVEN)],
      { until: "2026-11-21T13:00:00Z" },
    ),
    opens("texts", [toText, history(...SEVEN)]),
    opens("servicing", [history(...SEVEN), servicing, current]),
    opens("with Regulation F switched off", [history(...SEVEN), noRegF]),
    opens("to an attorney", [history(...SEVEN), person("attorney")]),
    opens("calls to the spouse are the spouse's", [
      also("CT-SPOUSE", { contactType: "phone", value: "+16145550166", affiliation: "spouse" }),
      history(...SEVEN.map((one) => ({ ...one, contactId: "CT-SPOUSE" }))),
    ]),
    stops("wait", "all numbers of the spouse are the spouse's", [
      person("spouse"),
      also("CT-SPOUSE", { contactType: "phone", value: "+16145550166", affiliation: "spouse" }),
      history(...SEVEN.map((one) => ({ ...one, contactId: "CT-SPOUSE" }))),
    ]),
    opens("two third persons are two", [
      person("sibling", { authorizedThirdParty: true }),
      also("CT-OTHER", { contactType: "phone", value: "+16145550166", affiliation: "sibling" }),
      history(...SEVEN.map((one) => ({ ...one, contactId: "CT-OTHER" }))),
    ]),
    stops("wait", "a number that is no longer a contact is the borrower's", [
      history(...SEVEN.map((one) => ({ ...one, contactId: "CT-GONE" }))),
    ]),
    opens("calls about another loan", [
      secondLoan(),
      history(...SEVEN.map((one) => ({ ...one, loanIds: ["L2"] }))),
    ]),
    stops("wait", "one of two loans", [
      secondLoan(),
      message({ loanIds: ["L2", "L1"] }),
      history(...SEVEN),
    ]),
    opens("inbound calls do not count", [
      history(...SEVEN.map((one) => ({ ...one, direction: "inbound" }))),
    ]),
    stops(
      "wait",
      "a planned call counts, today",
      [
        noBurst,
        calls("15", "16", "17", "18", "19", "19"),
        {
          history: [
            ...["15", "16", "17", "18", "19", "19"].map((day) => call(day)),
            call("20", { status: "scheduled", at: "2026-11-20T22:00:00Z" }),
          ],
        },
      ],
      { until: "2026-11-22T13:00:00Z" },
    ),
    opens("a planned call of tomorrow does not count today", [
      {
        history: [
          ...["15", "16", "17", "18", "19", "19"].map((day) => call(day)),
          call("21", { status: "scheduled" }),
        ],
      },
    ]),
    opens("an attempt dated later is not known", [
      {
        history: [
          ...["15", "16", "17", "18", "19", "19"].map((day) => call(day)),
          call("20", { at: "2026-11-20T22:00:00Z" }),
        ],
      },
    ]),
    stops("wait", "a call in progress counts", [
      noBurst,
      {
        history: [
          ...["15", "16", "17", "18", "19", "19"].map((day) => call(day)),
          call("20", { status: "inProgress", statusDetails: null, at: "2026-11-20T16:31:00Z" }),
        ].map((one) =>
          Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null)),
        ),
      },
    ]),
    stops(
      "wait",
      "both zones count their own local days",
      [
        at("2026-11-20T18:00:00Z"),
        livesIn("CA"),
        history(
          ...["2026-11-15T06:00:00Z", "15", "16", "17", "18", "19", "19"].map((day) => call(day)),
        ),
      ],
      { until: "2026-11-22T16:00:00Z" },
    ),
  ],
  "freq.conversation7": [
    opens("never spoken to", []),
    stops("wait", "six days ago", [history(talk("14"))], { until: "2026-11-21T13:00:00Z" }),
    opens("seven days ago", [history(talk("13"))]),
    stops("wait", "the last of two", [history(talk("14"), talk("18"))], {
      until: "2026-11-25T13:00:00Z",
    }),
    stops("wait", "the borrower called", [history(talk("18", { direction: "inbound" }))]),
    stops("wait", "on a number we do not know", [
      history(talk("18", { direction: "inbound", contactId: "CT-GONE" })),
    ]),
    opens("a third person answered", [
      history(call("18", { statusDetails: "voiceSpokeWithThirdParty" })),
    ]),
    opens("about another loan", [secondLoan(), history(talk("18", { loanIds: ["L2"] }))]),
    opens("booked to this loan, talked about another", [
      secondLoan(),
      history(talk("18", { discussedLoanIds: ["L2"] })),
    ]),
    opens("a chat is no conversation", [history(talk("18", { channel: "chat" }))]),
    opens("a text", [toText, history(talk("18"))]),
    opens("servicing", [servicing, current, history(talk("18"))]),
    opens("with Regulation F switched off", [noRegF, history(talk("18"))]),
    opens("with the attorney", [
      person("attorney"),
      history(call("18", { statusDetails: "voiceSpokeWithThirdParty" })),
    ]),
    stops("wait", "with a third person who may be called", [
      person("sibling", { authorizedThirdParty: true }),
      history(call("18", { statusDetails: "voiceSpokeWithThirdParty" })),
    ]),
    stops("wait", "with a third person, noted as the first", [
      person("guardian"),
      history(talk("18")),
    ]),
    opens("with consent to more calls", [
      history(talk("18")),
      { consents: { calls: [{ givenAt: "2026-11-18T15:05:00Z" }] } },
    ]),
  ],
  "freq.consentexcl": [
    opens("calls under consent are not counted", [
      noBurst,
      history(
        ...["19", "19", "19", "20T13", "20T14", "20T15", "20T16"].map((day) =>
          call(day.includes("T") ? `2026-11-${day}:00:00Z` : day),
        ),
      ),
      { consents: { calls: [{ givenAt: "2026-11-19T13:00:00Z" }] } },
    ]),
    opens("nor is the call itself, although the count is full", [
      noBurst,
      history(...SEVEN),
      { consents: { calls: [{ givenAt: "2026-11-20T15:00:00Z" }] } },
    ]),
    opens("on the seventh day", [
      noBurst,
      history(...SEVEN),
      { consents: { calls: [{ givenAt: "2026-11-14T12:00:00Z" }] } },
    ]),
    opens(
      "on the eighth day it is over",
      [
        noBurst,
        history(...SEVEN),
        { consents: { calls: [{ givenAt: "2026-11-13T12:00:00Z", until: "2026-12-31" }] } },
      ],
      { outcome: "allow" },
    ),
    opens(
      "on the eighth day a full count closes",
      [
        noBurst,
        history(
          ...["20T12", "20T13", "20T14", "20T15", "20T15", "20T15", "20T16"].map((day) =>
            call(`2026-11-${day}:00:00Z`),
          ),
        ),
        { consents: { calls: [{ givenAt: "2026-11-13T12:00:00Z", until: "2026-12-31" }] } },
      ],
      { outcome: "wait", ruleId: "freq.7in7" },
    ),
    opens(
      "the shorter term agreed",
      [
        noBurst,
        history(...SEVEN),
        { consents: { calls: [{ givenAt: "2026-11-19T20:00:00Z", until: "2026-11-19" }] } },
      ],
      { outcome: "wait", ruleId: "freq.7in7" },
    ),
    opens(
      "a term that begins later",
      [
        noBurst,
        history(...SEVEN),
        { consents: { calls: [{ givenAt: "2026-11-18T20:00:00Z", from: "2026-11-21" }] } },
      ],
      { outcome: "wait", ruleId: "freq.7in7" },
    ),
    opens("a term that begins today", [
      noBurst,
      history(...SEVEN),
      { consents: { calls: [{ givenAt: "2026-11-14T20:00:00Z", from: "2026-11-20" }] } },
    ]),
    opens(
      "a term that begins today, seven days after the consent",
      [
        noBurst,
        history(...SEVEN),
        { consents: { calls: [{ givenAt: "2026-11-13T20:00:00Z", from: "2026-11-20" }] } },
      ],
      { outcome: "wait", ruleId: "freq.7in7" },
    ),
    opens(
      "a call earlier on the day of the consent counts",
      [noBurst, history(call("2026-11-14T15:00:00Z"), ...SIX_TODAY), AGREED_TO_19],
      { outcome: "wait", ruleId: "freq.7in7" },
    ),
    opens("a call at the moment of the consent does not", [
      noBurst,
      history(call("2026-11-14T18:00:00Z"), ...SIX_TODAY),
      AGREED_TO_19,
    ]),
    opens(
      "consent of tomorrow",
      [noBurst, history(...SEVEN), { consents: { calls: [{ givenAt: "2026-11-21T20:00:00Z" }] } }],
      { outcome: "wait", ruleId: "freq.7in7" },
    ),
    opens(
      "about another loan",
      [
        noBurst,
        secondLoan(),
        history(...SEVEN),
        { consents: { calls: [{ givenAt: "2026-11-20T15:00:00Z", loanIds: ["L2"] }] } },
      ],
      { outcome: "wait", ruleId: "freq.7in7" },
    ),
    opens("about this loan", [
      noBurst,
      history(...SEVEN),
      { consents: { calls: [{ givenAt: "2026-11-20T15:00:00Z", loanIds: ["L1"] }] } },
    ]),
    opens(
      "ended by a conversation",
      [
        noBurst,
        history(...SEVEN, talk("20", { at: "2026-11-20T15:30:00Z" })),
        { consents: { calls: [{ givenAt: "2026-11-20T15:00:00Z" }] } },
      ],
      { outcome: "wait", ruleId: "freq.conversation7" },
    ),
    opens("not by one about another loan", [
      noBurst,
      secondLoan(),
      history(...SEVEN, talk("20", { at: "2026-11-20T15:30:00Z", loanIds: ["L2"] })),
      { consents: { calls: [{ givenAt: "2026-11-20T15:00:00Z" }] } },
    ]),
    opens("not by the one it was given in", [
      noBurst,
      history(...SEVEN, talk("20", { at: "2026-11-20T14:55:00Z" })),
      { consents: { calls: [{ givenAt: "2026-11-20T15:00:00Z" }] } },
    ]),
    opens("nor by one that began when it was given", [
      noBurst,
      history(...SEVEN, talk("20", { at: "2026-11-20T15:00:00Z" })),
      { consents: { calls: [{ givenAt: "2026-11-20T15:00:00Z" }] } },
    ]),
    opens("not by a third person on the line", [
      noBurst,
      history(
        ...SEVEN,
        call("20", { at: "2026-11-20T15:30:00Z", statusDetails: "voiceSpokeWithThirdParty" }),
      ),
      { consents: { calls: [{ givenAt: "2026-11-20T15:00:00Z" }] } },
    ]),
    opens(
      "the borrower's consent is not the spouse's",
      [
        noBurst,
        person("spouse"),
        history(...SEVEN),
        { consents: { calls: [{ givenAt: "2026-11-20T15:00:00Z" }] } },
      ],
      { outcome: "wait", ruleId: "freq.7in7" },
    ),
  ],
  "freq.exclusions": [
    ...["voiceBusy", "voiceDisconnectedNumber", "voiceWrongNumber"].map((statusDetails) =>
      opens(`${statusDetails} does not count`, [
        history(...SEVEN.slice(1), call("14", { statusDetails })),
      ]),
    ),
    ...[
      "voiceNoAnswer",
      "voiceHungUp",
      "voiceLeftVoicemail",
      "voiceMachineNoMessage",
      "voiceQueued",
    ].map((statusDetails) =>
      opens(
        `${statusDetails} counts`,
        [history(...SEVEN.slice(1), call("14", { statusDetails }))],
        { outcome: "wait", ruleId: "freq.7in7" },
      ),
    ),
    opens("canceled does not count", [
      history(...SEVEN.slice(1), call("14", { status: "canceled" })),
    ]),
    opens("failed without ringing does not count", [
      history(...SEVEN.slice(1), call("14", { status: "failed", statusDetails: "voiceFailed" })),
    ]),
    opens(
      "failed after ringing counts",
      [history(...SEVEN.slice(1), call("14", { status: "failed", statusDetails: "voiceHungUp" }))],
      { outcome: "wait", ruleId: "freq.7in7" },
    ),
    opens("a number known to be another's does not count", [
      also("CT-A", {
        contactType: "phone",
        value: "+16145550188",
        wrongPartySince: "2026-11-20T14:00:00Z",
      }),
      history(...SEVEN.map((one) => ({ ...one, contactId: "CT-A" }))),
    ]),
    opens(
      "known from tomorrow: it counts today",
      [
        also("CT-A", {
          contactType: "phone",
          value: "+16145550188",
          wrongPartySince: "2026-11-21T14:00:00Z",
        }),
        history(...SEVEN.map((one) => ({ ...one, contactId: "CT-A" }))),
      ],
      { outcome: "wait", ruleId: "freq.7in7" },
    ),
  ],
  "freq.debtallocation": [
    opens("booked to one loan", [secondLoan(), message({ loanIds: ["L2"] }), history(...SEVEN)]),
    opens(
      "discussed several: counts for each",
      [
        secondLoan(),
        message({ loanIds: ["L2"] }),
        history(...SEVEN.map((one) => ({ ...one, discussedLoanIds: ["L1", "L2"] }))),
      ],
      { outcome: "wait", ruleId: "freq.7in7" },
    ),
    opens(
      "student loans under one number are one debt",
      [secondLoan(student), loan(student), message({ loanIds: ["L2"] }), history(...SEVEN)],
      { outcome: "wait", ruleId: "freq.7in7" },
    ),
    opens("under two numbers they are two", [
      secondLoan(student),
      loan({ ...student, accountNumber: "ACC-2" }),
      message({ loanIds: ["L2"] }),
      history(...SEVEN),
    ]),
    opens("student loans without a number are two", [
      secondLoan({ productType: "student" }),
      loan({ productType: "student" }),
      message({ loanIds: ["L2"] }),
      history(...SEVEN),
    ]),
    opens("other loans under one number are two", [
      secondLoan({ accountNumber: "ACC-1" }),
      loan({ accountNumber: "ACC-1" }),
      message({ loanIds: ["L2"] }),
      history(...SEVEN),
    ]),
  ],
  "freq.burst": [
    opens("two hours ago", [history(call("20", { at: "2026-11-20T14:30:00Z" }))]),
    stops("wait", "a minute less", [history(call("20", { at: "2026-11-20T14:31:00Z" }))], {
      until: "2026-11-20T16:31:00Z",
    }),
    stops(
      "wait",
      "the last of two counts",
      [history(call("20", { at: "2026-11-20T16:00:00Z" }), call("19"))],
      { until: "2026-11-20T18:00:00Z" },
    ),
    opens("another number", [
      history(call("20", { at: "2026-11-20T16:00:00Z", contactId: "CT-OTHER" })),
    ]),
    opens("busy", [
      history(call("20", { at: "2026-11-20T16:00:00Z", statusDetails: "voiceBusy" })),
    ]),
    opens("a planned call ahead", [
      history(call("20", { at: "2026-11-20T17:00:00Z", status: "scheduled" })),
    ]),
    stops(
      "wait",
      "two calls today",
      [
        history(
          call("20", { at: "2026-11-20T13:00:00Z" }),
          call("20", { at: "2026-11-20T14:00:00Z" }),
        ),
      ],
      { until: "2026-11-21T13:00:00Z" },
    ),
    opens("two calls yesterday", [calls("19", "19")]),
    opens("switched off", [noBurst, history(call("20", { at: "2026-11-20T16:00:00Z" }))]),
    opens("a text", [toText, history(call("20", { at: "2026-11-20T16:00:00Z" }))]),
    opens("servicing", [servicing, current, history(call("20", { at: "2026-11-20T16:00:00Z" }))]),
    opens("to the attorney", [
      person("attorney"),
      history(call("20", { at: "2026-11-20T16:00:00Z" })),
    ]),
    stops(
      "wait",
      "a lender that allows no call a day",
      [limits({ burst: { minGapMinutes: 0, maxPerDay: 0 } })],
      { outcome: "refuse", ruleId: "cg.stale" },
    ),
  ],
  "freq.cumulative": [
    opens("three in seven days", [toEmail, history(sentEmail("16"), text("17"), sentEmail("18"))]),
    stops(
      "wait",
      "four",
      [toEmail, history(sentEmail("16"), text("17"), sentEmail("18"), text("19"))],
      { until: "2026-11-23T13:00:00Z" },
    ),
    opens("the first of four is eight days old", [
      toEmail,
      history(sentEmail("13"), text("17"), sentEmail("18"), text("19")),
    ]),
    stops("wait", "light: two", [
      toEmail,
      { borrower: { collectionsIntensity: "light" } },
      history(sentEmail("16"), text("17")),
    ]),
    opens("heavy: five", [
      toEmail,
      { borrower: { collectionsIntensity: "heavy" } },
      history(sentEmail("16"), text("17"), sentEmail("18"), text("19"), sentEmail("19")),
    ]),
    stops("wait", "heavy: six", [
      toEmail,
      { borrower: { collectionsIntensity: "heavy" } },
      history(
        sentEmail("16"),
        text("17"),
        sentEmail("18"),
        text("19"),
        sentEmail("19"),
        sentEmail("19"),
      ),
    ]),
    stops("wait", "chat, fax and portal count", [
      toEmail,
      history(
        sentEmail("16", { channel: "chat" }),
        text("17", { channel: "fax" }),
        sentEmail("18", { channel: "gui" }),
        text("19"),
      ),
    ]),
    opens("calls and letters do not", [
      toEmail,
      history(call("16"), call("17"), mail("18"), mail("19"), text("19")),
    ]),
    opens("a failed one does not count", [
      toEmail,
      history(sentEmail("16"), text("17"), sentEmail("18"), text("19", { status: "failed" })),
    ]),
    opens("an inbound one does not count", [
      toEmail,
      history(sentEmail("16"), text("17"), sentEmail("18"), text("19", { direction: "inbound" })),
    ]),
    opens("one to a third person does not count", [
      toEmail,
      also("CT-SPOUSE", { contactType: "phone", value: "+16145550166", affiliation: "spouse" }),
      history(sentEmail("16"), text("17"), sentEmail("18"), text("19", { contactId: "CT-SPOUSE" })),
    ]),
    stops("wait", "a text today, then a text", [toText, history(text("20"))], {
      until: "2026-11-21T13:00:00Z",
    }),
    opens("a text today, then an email", [toEmail, history(text("20"))]),
    opens("an email today, then a text", [toText, history(sentEmail("20"))]),
    opens("two texts a day are allowed", [toText, limits({ textsPerDay: 2 }), history(text("20"))]),
    opens("a call is not capped", [
      history(sentEmail("16"), text("17"), sentEmail("18"), text("19")),
    ]),
    opens("servicing", [toText, servicing, current, history(text("20"))]),
    opens("a chat is not capped", [
      message({ channel: "chat" }),
      history(sentEmail("16"), text("17"), sentEmail("18"), text("19")),
    ]),
  ],
  "freq.prerecorded30": [
    opens("two in thirty days", [LAND, toLand, history(recorded("01"), recorded("10"))]),
    stops(
      "wait",
      "three",
      [LAND, toLand, history(recorded("2026-10-25T15:00:00Z"), recorded("05"), recorded("15"))],
      { until: "2026-11-24T13:00:00Z" },
    ),
    opens("the first of three is 30 days old", [
      LAND,
      toLand,
      history(recorded("2026-10-21T15:00:00Z"), recorded("05"), recorded("15")),
    ]),
    stops("wait", "the first of three is 29 days old", [
      LAND,
      toLand,
      history(recorded("2026-10-22T15:00:00Z"), recorded("05"), recorded("15")),
    ]),
    opens("consent to such calls", [
      LAND,
      toLand,
      consent("autodialedCalls"),
      history(recorded("2026-10-25T15:00:00Z"), recorded("05"), recorded("15")),
    ]),
    opens("a person speaks", [
      LAND,
      toLand,
      message({ isPrerecorded: false }),
      history(recorded("2026-10-25T15:00:00Z"), recorded("05"), recorded("12")),
    ]),
    stops("wait", "a ringless voicemail", [
      LAND,
      toLand,
      message({ isPrerecorded: false, isRinglessVoicemail: true }),
      rendered({ voicemail: "limitedContent" }),
      history(recorded("2026-10-25T15:00:00Z"), recorded("05"), recorded("15")),
    ]),
    opens("a mobile", [
      message({ isPrerecorded: true }),
      consent("autodialedCalls", { until: "2026-12-01T00:00:00Z" }),
      history(...["01", "05", "15"].map((day) => recorded(day, { contactId: "CT-MOBILE" }))),
    ]),
    opens("calls of a person do not count", [
      LAND,
      toLand,
      history(
        recorded("2026-10-25T15:00:00Z"),
        recorded("05"),
        recorded("12", { isPrerecorded: false }),
      ),
    ]),
    opens("calls to another line do not count", [
      LAND,
      toLand,
      history(
        recorded("2026-10-25T15:00:00Z"),
        recorded("05"),
        recorded("12", { contactId: "CT-MOBILE" }),
      ),
    ]),
    opens("busy calls do not count", [
      LAND,
      toLand,
      history(
        recorded("2026-10-25T15:00:00Z"),
        recorded("05"),
        recorded("12", { statusDetails: "voiceBusy" }),
      ),
    ]),
    stops("wait", "servicing as well", [
      LAND,
      toLand,
      servicing,
      current,
      history(recorded("2026-10-25T15:00:00Z"), recorded("05"), recorded("15")),
    ]),
    opens("before the rule", [
      at("2023-07-19T16:30:00Z"),
      LAND,
      toLand,
      servicing,
      current,
      history(
        recorded("2023-07-01T15:00:00Z"),
        recorded("2023-07-05T15:00:00Z"),
        recorded("2023-07-15T15:00:00Z"),
      ),
    ]),
    opens("a text to a landline", [
      toText,
      LAND,
      message({ contactId: "CT-LAND", isPrerecorded: true }),
      { contacts: { "CT-LAND": { receiveTextMessages: true } } },
      history(recorded("2026-10-25T15:00:00Z"), recorded("05"), recorded("15")),
    ]),
  ],
  "freq.state": [
    opens("Ohio", [calls("16", "18")]),
    stops("wait", "Massachusetts: two contacts", [livesIn("MA"), history(call("16"), text("18"))], {
      until: "2026-11-23T13:00:00Z",
    }),
    opens("Massachusetts: one contact", [livesIn("MA"), calls("18")]),
    opens("Massachusetts: 30 days past due", [
      livesIn("MA"),
      loan({ daysPastDue: 30 }),
      calls("16", "18"),
    ]),
    stops("wait", "Massachusetts: 31 days past due", [
      livesIn("MA"),
      loan({ daysPastDue: 31 }),
      calls("16", "18"),
    ]),
    opens("Massachusetts: voiceFailed is not counted", [
      livesIn("MA"),
      history(call("16"), call("18", { statusDetails: "voiceFailed" })),
    ]),
    opens("Massachusetts: servicing", [
      livesIn("MA"),
      servicing,
      current,
      loan({ daysPastDue: 60 }),
      calls("16", "18"),
    ]),
    opens("Massachusetts: contacts at work have a count of their own", [
      livesIn("MA"),
      WORK,
      history(call("16"), call("18", { contactId: "CT-WORK" })),
    ]),
    stops(
      "wait",
      "Massachusetts: two at work in thirty days",
      [
        livesIn("MA"),
        WORK,
        toWork,
        history(
          call("08", { contactId: "CT-WORK" }),
          call("2026-10-29T15:00:00Z", { contactId: "CT-WORK" }),
        ),
      ],
      { until: "2026-11-28T13:00:00Z" },
    ),
    opens("Massachusetts: two at home leave work open", [
      livesIn("MA"),
      WORK,
      toWork,
      calls("16", "18"),
    ]),
    opens("Massachusetts: another debt", [
      livesIn("MA"),
      secondLoan(),
      history(call("16"), call("18", { loanIds: ["L2"] })),
    ]),
    stops("wait", "a message about no loan is held against all", [
      livesIn("WV"),
      noRegF,
      message({ loanIds: [] }),
      history(...Array.from({ length: 30 }, () => call("16", { loanIds: ["L2"] }))),
    ]),
    stops(
      "wait",
      "District of Columbia: four calls to all numbers",
      [
        livesIn("DC"),
        WORK,
        history(call("16"), call("17", { contactId: "CT-WORK" }), call("18"), call("19")),
      ],
      { until: "2026-11-23T13:00:00Z" },
    ),
    opens("District of Columbia: three", [livesIn("DC"), calls("16", "18", "19")]),
    opens("District of Columbia: a mortgage", [
      livesIn("DC"),
      loan({ productType: "mortgage" }),
      calls("16", "17", "18", "19"),
    ]),
    opens("District of Columbia: one call back that was asked for", [
      livesIn("DC"),
      noRegF,
      history(call("14"), call("15"), call("16"), talk("12", { replyToInboundId: "IN-7" })),
    ]),
    stops("wait", "District of Columbia: an account with two loans", [
      livesIn("DC"),
      secondLoan({ accountNumber: "ACC-1" }),
      loan({ accountNumber: "ACC-1" }),
      history(call("16"), call("17", { loanIds: ["L2"] }), call("18"), call("19")),
    ]),
    stops(
      "wait",
      "District of Columbia: six days after a conversation",
      [livesIn("DC"), noRegF, history(talk("14"))],
      { until: "2026-11-21T13:00:00Z" },
    ),
    opens("District of Columbia: asked to call", [
      livesIn("DC"),
      noRegF,
      history(talk("18")),
      message({ replyToInboundId: "IN-1" }),
      inbound(said("call me", { channel: "email", contactId: "CT-EMAIL" })),
    ]),
    opens("District of Columbia: consented to calls", [
      livesIn("DC"),
      noRegF,
      history(talk("18")),
      { consents: { calls: [{ givenAt: "2026-11-18T15:05:00Z" }] } },
    ]),
    opens("District of Columbia: a text after a conversation", [
      ...DC_READY,
      toText,
      history(talk("18")),
    ]),
    stops(
      "redirect",
      "District of Columbia: no written notice",
      [livesIn("DC"), ...electronicConsent, toEmail],
      { to: { party: "borrower", channel: "mail", contactId: "CT-HOME" } },
    ),
    opens("District of Columbia: a call needs none", [livesIn("DC")]),
    stops("redirect", "District of Columbia: the notice is mailed tomorrow", [
      livesIn("DC"),
      ...electronicConsent,
      toEmail,
      loan({ stateNoticeMailedAt: "2026-11-21T15:00:00Z" }),
    ]),
    opens("District of Columbia: notice and consent", [...DC_READY, toEmail]),
    stops("refuse", "District of Columbia: no consent", [
      livesIn("DC"),
      loan({ stateNoticeMailedAt: "2026-10-01T15:00:00Z" }),
      toEmail,
    ]),
    opens("District of Columbia: a request for consent", [
      livesIn("DC"),
      loan({ stateNoticeMailedAt: "2026-10-01T15:00:00Z" }),
      toEmail,
      message({ kind: "consentRequest" }),
    ]),
    stops(
      "wait",
      "District of Columbia: asked six days ago",
      [
        livesIn("DC"),
        loan({ stateNoticeMailedAt: "2026-10-01T15:00:00Z" }),
        toEmail,
        message({ kind: "consentRequest" }),
        history(sentEmail("14", { kind: "consentRequest" })),
      ],
      { until: "2026-11-21T13:00:00Z" },
    ),
    opens("District of Columbia: asked seven days ago", [
      livesIn("DC"),
      loan({ stateNoticeMailedAt: "2026-10-01T15:00:00Z" }),
      toEmail,
      message({ kind: "consentRequest" }),
      history(sentEmail("13", { kind: "consentRequest" })),
    ]),
    opens("District of Columbia: a request that failed", [
      livesIn("DC"),
      loan({ stateNoticeMailedAt: "2026-10-01T15:00:00Z" }),
      toEmail,
      message({ kind: "consentRequest" }),
      history(sentEmail("19", { kind: "consentRequest", status: "failed" })),
    ]),
    opens("District of Columbia: a request to the spouse", [
      livesIn("DC"),
      loan({ stateNoticeMailedAt: "2026-10-01T15:00:00Z" }),
      toEmail,
      message({ kind: "consentRequest" }),
      also("CT-SPOUSE", { contactType: "email", value: "sp@mail.example", affiliation: "spouse" }),
      history(sentEmail("19", { kind: "consentRequest", contactId: "CT-SPOUSE" })),
    ]),
    stops("wait", "District of Columbia: five electronic messages", [
      ...DC_READY,
      toEmail,
      { borrower: { collectionsIntensity: "heavy" } },
      history(sentEmail("16"), sentEmail("17"), sentEmail("18"), sentEmail("19"), sentEmail("19")),
    ]),
    stops(
      "wait",
      "New York City: three contacts, a call",
      [
        livesIn("NYC"),
        loan({ accelerated: true }),
        history(call("17"), sentEmail("18"), mail("19")),
      ],
      { until: "2026-11-24T13:00:00Z" },
    ),
    stops("wait", "New York City: three contacts, a letter", [
      livesIn("NYC"),
      loan({ accelerated: true }),
      toMail,
      history(call("17"), sentEmail("18"), text("19")),
    ]),
    opens("New York City: a creditor who does not collect yet", [
      livesIn("NYC"),
      calls("17", "18", "19"),
    ]),
    stops("wait", "New York City: a debt collector", [
      livesIn("NYC"),
      byCollector,
      calls("17", "18", "19"),
    ]),
    opens("New York City: before its rules", [
      at("2026-08-31T16:30:00Z"),
      livesIn("NYC"),
      loan({ accelerated: true }),
      history(...["27", "28", "29"].map((day) => call(`2026-08-${day}T15:00:00Z`))),
    ]),
    stops("refuse", "New York City: no consent to email", [
      livesIn("NYC"),
      loan({ accelerated: true }),
      toEmail,
    ]),
    stops("refuse", "New York City: a request for consent by email", [
      livesIn("NYC"),
      loan({ accelerated: true }),
      toEmail,
      message({ kind: "consentRequest" }),
    ]),
    stops(
      "wait",
      "Washington: a licensed agency, the borrower or the spouse",
      [
        livesIn("WA"),
        licensed,
        mobile({ value: "+12065550123" }),
        also("CT-SPOUSE", { contactType: "phone", value: "+12065550166", affiliation: "spouse" }),
        history(call("16"), call("17", { contactId: "CT-SPOUSE" }), sentEmail("19")),
      ],
      { until: "2026-11-23T16:00:00Z" },
    ),
    opens("Washington: an attorney is neither", [
      livesIn("WA"),
      licensed,
      mobile({ value: "+12065550123" }),
      also("CT-LAW", { contactType: "phone", value: "+12065550166", affiliation: "attorney" }),
      history(call("16"), call("17", { contactId: "CT-LAW" }), sentEmail("19")),
    ]),
    opens("Washington: to a guardian", [
      livesIn("WA"),
      licensed,
      mobile({ value: "+12065550123", affiliation: "guardian" }),
      history(call("16", { contactId: "CT-GONE" }), sentEmail("17"), sentEmail("19")),
    ]),
    opens("Washington: a creditor", [
      livesIn("WA"),
      mobile({ value: "+12065550123" }),
      calls("16", "17", "19"),
    ]),
    stops("wait", "Washington: one call a week at work", [
      livesIn("WA"),
      licensed,
      mobile({ value: "+12065550123" }),
      WORK,
      toWork,
      history(call("16", { contactId: "CT-WORK" })),
    ]),
    opens("Washington: a call home leaves work open", [
      livesIn("WA"),
      licensed,
      mobile({ value: "+12065550123" }),
      WORK,
      toWork,
      calls("16"),
    ]),
    stops("wait", "West Virginia: thirty calls", [
      livesIn("WV"),
      noRegF,
      history(...Array.from({ length: 30 }, () => call("16"))),
    ]),
    opens("West Virginia: twenty-nine", [
      livesIn("WV"),
      noRegF,
      history(...Array.from({ length: 29 }, () => call("16"))),
    ]),
    stops("wait", "West Virginia: ten conversations", [
      livesIn("WV"),
      noRegF,
      history(...Array.from({ length: 10 }, () => talk("16"))),
    ]),
    opens("West Virginia: nine conversations", [
      livesIn("WV"),
      noRegF,
      history(...Array.from({ length: 9 }, () => talk("16")), call("17")),
    ]),
    stops(
      "wait",
      "marketing in Florida: three in 24 hours",
      [
        livesIn("FL"),
        ...mktText,
        history(text("2026-11-19T17:00:00Z"), text("2026-11-19T20:00:00Z"), call("20")),
      ],
      { until: "2026-11-20T17:00:00Z" },
    ),
    stops("wait", "marketing in Florida: the third is this instant", [
      livesIn("FL"),
      ...mktText,
      history(text("2026-11-19T20:00:00Z"), call("20"), text("2026-11-20T16:30:00Z")),
    ]),
    opens("marketing in Florida: the first is 24 hours old", [
      livesIn("FL"),
      ...mktText,
      history(text("2026-11-19T16:30:00Z"), text("2026-11-19T20:00:00Z"), call("20")),
    ]),
    opens("marketing in Florida: one was about something else", [
      livesIn("FL"),
      ...mktText,
      history(
        text("2026-11-19T17:00:00Z", { theme: "opsServicing" }),
        text("2026-11-19T20:00:00Z"),
        call("20"),
      ),
    ]),
    opens("marketing in Florida: one is planned for later", [
      livesIn("FL"),
      ...mktText,
      history(
        text("2026-11-19T17:00:00Z"),
        text("2026-11-20T20:00:00Z", { status: "scheduled" }),
        call("20"),
      ),
    ]),
    opens("marketing in Florida: email is not counted", [
      livesIn("FL"),
      ...mktText,
      history(text("2026-11-19T17:00:00Z"), sentEmail("20"), call("20")),
    ]),
  ],
};
