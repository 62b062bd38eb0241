import {
  address,
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
  kase,
  limits,
  livesIn,
  mail,
  message,
  mobile,
  noRegF,
  opens,
  person,
  rendered,
  type RuleRows,
  said,
  servicing,
  stops,
  switches,
  toEmail,
  toMail,
  toText,
  unrendered,
} from "./row.ts";

const SECOND = also("CT-EMAIL2", {
  contactType: "email",
  value: "jd@yahoo.com",
  status: "secondary",
  usedByBorrowerAt: "2026-05-01T15:00:00Z",
});
const THIRD = also("CT-EMAIL3", {
  contactType: "email",
  value: "jd3@yahoo.com",
  status: "additional",
  verified: true,
});
const NOTICE = message({
  theme: "opsLoanTimeBarredNotice",
  asksForMoney: false,
  requiredByLaw: true,
});
const ATTORNEY = {
  borrower: { attorney: { contactId: "CT-ATTORNEY", knownSince: "2026-09-01T15:00:00Z" } },
  ...also("CT-ATTORNEY", {
    contactType: "email",
    value: "office@lawfirm.example",
    label: "work",
    affiliation: "attorney",
  }),
};
const WORK = also("CT-WORK", {
  contactType: "phone",
  value: "+16145550155",
  label: "work",
  lineType: "landline",
});
const LAND = also("CT-LAND", { contactType: "phone", value: "+16145550144", lineType: "landline" });
const noWork = { preferences: { inconvenientPlaces: ["work"] } };
const noHome = { preferences: { inconvenientPlaces: ["home"] } };
const DEAD = kase("deceased", { diedOn: "2026-10-30" }, { loanIds: null });
const EXECUTOR = also("CT-EXECUTOR", {
  contactType: "email",
  value: "executor@mail.example",
  affiliation: "executor",
});
const LOCATE = {
  message: { theme: "opsCollLocateBorrower", asksForMoney: false },
  rendered: { mentionsDebt: false, demandsPayment: false },
};
const THIRD_PHONE = also("CT-THIRD", {
  contactType: "phone",
  value: "+16145550177",
  affiliation: "sibling",
  lineType: "mobile",
});
const NEIGHBOUR = also("CT-NEIGHBOUR", {
  contactType: "address",
  affiliation: "other",
  label: "home",
  address: { state: "OH", postalCode: "43215" },
});
const toThird = message({ contactId: "CT-THIRD" });
const toNeighbour = message({ channel: "mail", contactId: "CT-NEIGHBOUR" });
const CREDITOR_SOURCED = email({
  value: "jo.doe@gmail.com",
  usedByBorrowerAt: null,
  origin: { from: "creditor", creditorNoticeSentAt: "2026-10-10", creditorOptOutBy: "2026-11-14" },
});
const PRIOR = (...priorCollectors: readonly { qualified: boolean; used: boolean }[]) =>
  email({ usedByBorrowerAt: null, origin: { from: "priorCollector", priorCollectors } });
const procedure60 = switches({ textProcedure60: true });
const oldConsent = mobile({ receiveTextMessagesLastConsentAt: "2026-09-01T15:00:00Z" });

export const PERSON_ROWS: RuleRows = {
  "contact.invalid": [
    opens("a valid secondary contact", [toEmail, email({ status: "secondary" })]),
    stops("refuse", "an invalid contact", [mobile({ valid: false })]),
    stops("refuse", "an archived contact", [mobile({ status: "archived" })]),
    stops("refuse", "every class: codes as well", [codes, mobile({ valid: false })]),
    stops(
      "redirect",
      "the law requires it and there is a second address",
      [toEmail, NOTICE, email({ valid: false }), SECOND],
      {
        to: { party: "borrower", channel: "email", contactId: "CT-EMAIL2" },
      },
    ),
    stops(
      "redirect",
      "the better status wins over a verified contact",
      [toEmail, NOTICE, email({ valid: false }), THIRD, SECOND],
      {
        to: { contactId: "CT-EMAIL2" },
      },
    ),
    stops(
      "redirect",
      "of the same status the verified one wins",
      [
        toEmail,
        NOTICE,
        email({ valid: false }),
        SECOND,
        THIRD,
        { contacts: { "CT-EMAIL3": { status: "secondary" } } },
      ],
      {
        to: { contactId: "CT-EMAIL3" },
      },
    ),
    stops("refuse", "the second address is invalid too", [
      toEmail,
      NOTICE,
      email({ valid: false }),
      SECOND,
      { contacts: { "CT-EMAIL2": { valid: false } } },
    ]),
    stops("refuse", "the second address is archived", [
      toEmail,
      NOTICE,
      email({ valid: false }),
      SECOND,
      { contacts: { "CT-EMAIL2": { status: "archived" } } },
    ]),
    stops("refuse", "the second address is another person's", [
      toEmail,
      NOTICE,
      email({ valid: false }),
      SECOND,
      { contacts: { "CT-EMAIL2": { affiliation: "sibling" } } },
    ]),
    stops("refuse", "only contacts of another type", [toEmail, NOTICE, email({ valid: false })]),
  ],
  "contact.disconnected": [
    opens("connected", [mobile({ disconnectionStatus: "connected" })]),
    opens("not known", [toText]),
    stops("refuse", "a call", [mobile({ disconnectionStatus: "disconnected" })]),
    stops("refuse", "a text", [toText, mobile({ disconnectionStatus: "disconnected" })]),
    opens("email is no number", [toEmail, email({ disconnectionStatus: "disconnected" })]),
  ],
  "contact.reassigned": [
    opens("no check and no limit: silent", [toText]),
    stops("refuse", "reassigned", [
      toText,
      mobile({ rnd: { result: "yes", checkedAt: "2026-11-10T15:00:00Z" } }),
    ]),
    opens("not reassigned", [
      toText,
      mobile({ rnd: { result: "no", checkedAt: "2026-11-10T15:00:00Z" } }),
    ]),
    stops("hold", "no data", [
      toText,
      mobile({ rnd: { result: "noData", checkedAt: "2026-11-10T15:00:00Z" } }),
    ]),
    opens("a check of tomorrow is not known", [
      toText,
      mobile({ rnd: { result: "yes", checkedAt: "2026-11-21T15:00:00Z" } }),
    ]),
    opens("a call dialled by hand", [
      mobile({ rnd: { result: "yes", checkedAt: "2026-11-10T15:00:00Z" } }),
    ]),
    stops("refuse", "an autodialed call", [
      message({ isAutodialed: true }),
      consent("autodialedCalls"),
      mobile({ rnd: { result: "yes", checkedAt: "2026-11-10T15:00:00Z" } }),
    ]),
    stops("refuse", "a prerecorded call", [
      message({ isPrerecorded: true }),
      consent("autodialedCalls"),
      mobile({ rnd: { result: "yes", checkedAt: "2026-11-10T15:00:00Z" } }),
    ]),
    stops("refuse", "a ringless voicemail", [
      message({ isRinglessVoicemail: true }),
      rendered({ voicemail: "limitedContent" }),
      consent("autodialedCalls"),
      mobile({ rnd: { result: "yes", checkedAt: "2026-11-10T15:00:00Z" } }),
    ]),
    opens("an email marked autodialed is no call", [
      toEmail,
      message({ isAutodialed: true }),
      email({ rnd: { result: "yes", checkedAt: "2026-11-10T15:00:00Z" } }),
    ]),
    stops("hold", "consent older than the limit and no check", [
      toText,
      limits({ rndMaxAgeDays: 4 }),
    ]),
    opens("consent as old as the limit", [toText, limits({ rndMaxAgeDays: 5 })]),
    opens("an old consent with a fresh check", [
      toText,
      limits({ rndMaxAgeDays: 4 }),
      mobile({ rnd: { result: "no", checkedAt: "2026-11-17T15:00:00Z" } }),
    ]),
    stops("hold", "consent and check older than the limit", [
      toText,
      limits({ rndMaxAgeDays: 2 }),
      mobile({ rnd: { result: "no", checkedAt: "2026-11-17T15:00:00Z" } }),
    ]),
    opens("an autodialed call with a fresh consent to calls", [
      message({ isAutodialed: true }),
      limits({ rndMaxAgeDays: 2 }),
      consent("autodialedCalls", { from: "2026-11-19T15:00:00Z" }),
    ]),
    stops("hold", "a consent to texts is none to calls", [
      message({ isAutodialed: true }),
      limits({ rndMaxAgeDays: 9 }),
      consent("autodialedCalls", { from: "2026-11-01T15:00:00Z" }),
    ]),
  ],
  "party.thirdparty": [
    opens("the borrower", []),
    ...["sibling", "other", "employer", "parent"].map((who) =>
      stops("refuse", `a collection call to: ${who}`, [person(who)]),
    ),
    ...["guardian", "executor", "attorney", "spouse"].map((who) =>
      opens(`a collection call to: ${who}`, [person(who)]),
    ),
    opens("the parent of a minor", [person("parent"), { borrower: { isMinor: true } }]),
    stops("refuse", "a sibling of a minor", [person("sibling"), { borrower: { isMinor: true } }]),
    opens("direct consent of the borrower", [person("other", { authorizedThirdParty: true })]),
    opens("power of attorney", [person("other", { powerOfAttorney: true })]),
    stops("hold", "the spouse in the District of Columbia", [livesIn("DC"), person("spouse")]),
    stops("hold", "also with Regulation F switched off", [livesIn("DC"), person("spouse"), noRegF]),
    opens("the authorised spouse there", [
      livesIn("DC"),
      person("spouse", { authorizedThirdParty: true }),
    ]),
    opens("servicing to the spouse there", [livesIn("DC"), person("spouse"), servicing, current]),
    stops("refuse", "the chain of command", [mobile({ label: "military" })]),
    stops("refuse", "the chain of command, although authorised", [
      mobile({ label: "military", authorizedThirdParty: true }),
    ]),
    stops("refuse", "a notice to the chain of command, by a creditor", [
      toMail,
      address({ label: "military" }),
      NOTICE,
      noRegF,
    ]),
    ...["opsCollLocateBorrower", "opsCollContactEmployerNotice"].map((theme) =>
      stops("refuse", `${theme} to the chain of command`, [
        person("other", { label: "military" }),
        message({ theme, asksForMoney: false }),
        rendered({ mentionsDebt: false }),
        noRegF,
      ]),
    ),
    opens("servicing to a military unit", [mobile({ label: "military" }), servicing, current]),
    stops("refuse", "servicing that reveals the debt", [person("sibling"), servicing, current]),
    opens("servicing that does not", [
      person("sibling"),
      servicing,
      current,
      rendered({ mentionsDebt: false }),
    ]),
    opens("servicing before it is rendered", [person("sibling"), servicing, current, unrendered], {
      outcome: "allow",
      requires: ["no-debt-mention"],
    }),
    stops("refuse", "a creditor's notice that reveals the debt", [
      person("sibling"),
      message({ theme: "opsServicingTimeBarredNotice", asksForMoney: false }),
    ]),
    stops("refuse", "a collector's notice", [
      person("sibling"),
      byCollector,
      message({ theme: "opsServicingTimeBarredNotice", asksForMoney: false }),
      rendered({ mentionsDebt: false }),
    ]),
    stops("refuse", "collection that reveals the debt, Regulation F switched off", [
      person("sibling"),
      noRegF,
    ]),
    opens("codes", [person("sibling"), codes]),
    opens("a location message", [THIRD_PHONE, toThird, LOCATE]),
    opens("marketing", [
      person("other"),
      message({ theme: null, isTransactional: false, asksForMoney: false }),
      current,
    ]),
  ],
  "party.leaked": [
    opens("nobody said so", [toEmail]),
    stops("refuse", "email", [toEmail, email({ leakedToThirdPartyAt: "2026-11-03T15:00:00Z" })]),
    stops("refuse", "text", [toText, mobile({ leakedToThirdPartyAt: "2026-11-03T15:00:00Z" })]),
    opens("a call", [mobile({ leakedToThirdPartyAt: "2026-11-03T15:00:00Z" })]),
    opens("servicing", [
      toEmail,
      servicing,
      current,
      email({ leakedToThirdPartyAt: "2026-11-03T15:00:00Z" }),
    ]),
    opens("told tomorrow", [toEmail, email({ leakedToThirdPartyAt: "2026-11-21T15:00:00Z" })]),
  ],
  "email.procedure": [
    opens("used with us", [toEmail, byCollector]),
    opens("direct consent", [
      toEmail,
      byCollector,
      email({ usedByBorrowerAt: null, electronicConsentAt: "2026-11-01T15:00:00Z" }),
    ]),
    stops("hold", "neither", [toEmail, byCollector, email({ usedByBorrowerAt: null })]),
    stops(
      "hold",
      "used, but opted out",
      [toEmail, byCollector, email({ optedOutAt: "2026-11-01T15:00:00Z" })],
      { outcome: "refuse", ruleId: "optout.address" },
    ),
    opens("a creditor follows no procedure", [toEmail, email({ usedByBorrowerAt: null })]),
    opens("a call of a collector", [byCollector, mobile({ usedByBorrowerAt: null })]),
    opens("codes of a collector", [toEmail, byCollector, codes, email({ usedByBorrowerAt: null })]),
    opens("to an attorney", [
      toEmail,
      byCollector,
      email({ usedByBorrowerAt: null, affiliation: "attorney" }),
    ]),
    opens("from the creditor, opt-out over", [toEmail, byCollector, CREDITOR_SOURCED]),
    stops("hold", "its last day is today", [
      at("2026-11-14T16:30:00Z"),
      toEmail,
      byCollector,
      CREDITOR_SOURCED,
    ]),
    opens("the day after", [at("2026-11-15T16:30:00Z"), toEmail, byCollector, CREDITOR_SOURCED]),
    stops("hold", "34 days to opt out", [
      toEmail,
      byCollector,
      CREDITOR_SOURCED,
      email({ origin: { creditorOptOutBy: "2026-11-13" } }),
    ]),
    stops("hold", "no notice", [
      toEmail,
      byCollector,
      CREDITOR_SOURCED,
      email({ origin: { creditorNoticeSentAt: null } }),
    ]),
    stops("hold", "no last day", [
      toEmail,
      byCollector,
      CREDITOR_SOURCED,
      email({ origin: { creditorOptOutBy: null } }),
    ]),
    stops("hold", "the domain of a company", [
      toEmail,
      byCollector,
      CREDITOR_SOURCED,
      email({ value: "jo@acme.com" }),
    ]),
    opens("the domain in capitals", [
      toEmail,
      byCollector,
      CREDITOR_SOURCED,
      email({ value: "Jo.Doe@GMAIL.com" }),
    ]),
    stops(
      "hold",
      "opted out with the creditor",
      [toEmail, byCollector, CREDITOR_SOURCED, email({ optedOutAt: "2026-11-01T15:00:00Z" })],
      { outcome: "refuse", ruleId: "optout.address" },
    ),
    opens("from a prior collector that qualified and used it", [
      toEmail,
      byCollector,
      PRIOR({ qualified: true, used: true }),
    ]),
    opens("an earlier one qualified, the last one used it", [
      toEmail,
      byCollector,
      PRIOR({ qualified: true, used: false }, { qualified: false, used: true }),
    ]),
    stops("hold", "the last one did not use it", [
      toEmail,
      byCollector,
      PRIOR({ qualified: true, used: true }, { qualified: true, used: false }),
    ]),
    stops("hold", "none qualified", [
      toEmail,
      byCollector,
      PRIOR({ qualified: false, used: true }),
    ]),
    stops("hold", "no collector before us", [toEmail, byCollector, PRIOR()]),
    stops(
      "hold",
      "a prior collector's address, opted out",
      [
        toEmail,
        byCollector,
        PRIOR({ qualified: true, used: true }),
        email({ optedOutAt: "2026-11-01T15:00:00Z" }),
      ],
      { outcome: "refuse", ruleId: "optout.address" },
    ),
    stops("hold", "New York: used is not consented", [toEmail, byCollector, livesIn("NY")]),
    opens("New York: consent", [
      toEmail,
      byCollector,
      livesIn("NY"),
      email({ electronicConsentAt: "2026-11-01T15:00:00Z" }),
    ]),
    stops("hold", "New York: consent, but an address at work", [
      toEmail,
      byCollector,
      livesIn("NY"),
      email({ electronicConsentAt: "2026-11-01T15:00:00Z", label: "work" }),
    ]),
    opens("New York: a creditor", [toEmail, livesIn("NY")]),
  ],
  "text.procedure60": [
    opens("a creditor without the switch", [toText, oldConsent]),
    stops("hold", "consent of 80 days ago", [toText, procedure60, oldConsent]),
    stops("hold", "a debt collector without the switch", [toText, byCollector, oldConsent], {
      outcome: "refuse",
      ruleId: "sms.thirdpartydebt",
    }),
    opens("60 days ago", [
      toText,
      procedure60,
      mobile({ receiveTextMessagesLastConsentAt: "2026-09-21T15:00:00Z" }),
    ]),
    stops("hold", "61 days ago", [
      toText,
      procedure60,
      mobile({ receiveTextMessagesLastConsentAt: "2026-09-20T15:00:00Z" }),
    ]),
    opens("an old consent and a fresh check", [
      toText,
      procedure60,
      oldConsent,
      mobile({ rnd: { result: "no", checkedAt: "2026-11-10T15:00:00Z" } }),
    ]),
    stops("hold", "a check of 90 days ago", [
      toText,
      procedure60,
      oldConsent,
      mobile({ rnd: { result: "no", checkedAt: "2026-08-10T15:00:00Z" } }),
    ]),
    stops(
      "hold",
      "a check without data",
      [
        toText,
        procedure60,
        oldConsent,
        mobile({ rnd: { result: "noData", checkedAt: "2026-11-10T15:00:00Z" } }),
      ],
      { outcome: "hold", ruleId: "contact.reassigned" },
    ),
    opens("a text from the number", [
      toText,
      procedure60,
      oldConsent,
      inbound(said("what do I owe?")),
    ]),
    stops("hold", "a call from the number is not enough", [
      toText,
      procedure60,
      oldConsent,
      inbound(said("what do I owe?", { channel: "voice" })),
    ]),
    stops("hold", "a text from another number", [
      toText,
      procedure60,
      oldConsent,
      inbound(said("what do I owe?", { contactId: "CT-OTHER" })),
    ]),
    opens("consent to electronic messages about the debt", [
      toText,
      procedure60,
      oldConsent,
      mobile({ electronicConsentAt: "2026-11-10T15:00:00Z" }),
    ]),
    stops("hold", "a fresh check, but never a permission", [
      toText,
      procedure60,
      mobile({
        receiveTextMessagesLastConsentAt: null,
        rnd: { result: "no", checkedAt: "2026-11-10T15:00:00Z" },
      }),
    ]),
    opens("servicing", [toText, procedure60, oldConsent, servicing, current]),
    opens("a call", [procedure60, oldConsent]),
    stops("hold", "with Regulation F switched off", [toText, procedure60, oldConsent, noRegF]),
  ],
  "email.work": [
    opens("a personal address", [toEmail]),
    stops("refuse", "the employer's", [
      toEmail,
      email({ employerProvided: true, usedByBorrowerAt: null }),
    ]),
    stops("refuse", "labelled work", [toEmail, email({ label: "work", usedByBorrowerAt: null })]),
    opens("the borrower wrote from it", [toEmail, email({ employerProvided: true })]),
    opens("the borrower consented to it", [
      toEmail,
      email({
        employerProvided: true,
        usedByBorrowerAt: null,
        electronicConsentAt: "2026-11-01T15:00:00Z",
      }),
    ]),
    stops("refuse", "and opted out", [
      toEmail,
      email({ employerProvided: true, optedOutAt: "2026-11-01T15:00:00Z" }),
    ]),
    opens("a prior collector qualified", [
      toEmail,
      email({ employerProvided: true }),
      PRIOR({ qualified: true, used: true }),
    ]),
    stops("refuse", "from the creditor, opt-out over", [
      toEmail,
      email({ employerProvided: true }),
      CREDITOR_SOURCED,
    ]),
    opens("servicing", [
      toEmail,
      servicing,
      current,
      email({ employerProvided: true, usedByBorrowerAt: null }),
    ]),
    opens("the office of an attorney", [
      toEmail,
      email({ label: "work", usedByBorrowerAt: null, affiliation: "attorney" }),
    ]),
    opens("a call to work", [WORK, message({ contactId: "CT-WORK" })]),
  ],
  "place.work": [
    opens("nobody said no", [WORK, message({ contactId: "CT-WORK" })]),
    stops("refuse", "a call", [WORK, message({ contactId: "CT-WORK" }), noWork]),
    stops("refuse", "a letter", [toMail, address({ label: "work" }), noWork]),
    stops("refuse", "a fax", [message({ channel: "fax", contactId: "CT-WORK" }), WORK, noWork]),
    opens("email", [toEmail, email({ label: "work" }), noWork]),
    opens("the home is named, not work", [WORK, message({ contactId: "CT-WORK" }), noHome]),
    opens("a personal mobile", [noWork]),
    opens("with consent", [
      WORK,
      message({ contactId: "CT-WORK" }),
      noWork,
      consent("contactPersonWork"),
    ]),
    stops("refuse", "consent is over", [
      WORK,
      message({ contactId: "CT-WORK" }),
      noWork,
      consent("contactPersonWork", { until: "2026-11-20T16:30:00Z" }),
    ]),
    stops("refuse", "consent of tomorrow is not known", [
      WORK,
      message({ contactId: "CT-WORK" }),
      noWork,
      consent("contactPersonWork", { from: "2026-11-21T16:30:00Z" }),
    ]),
    opens("the attorney's office", [
      WORK,
      message({ contactId: "CT-WORK" }),
      noWork,
      { contacts: { "CT-WORK": { affiliation: "attorney" } } },
    ]),
    opens("servicing", [WORK, message({ contactId: "CT-WORK" }), noWork, servicing, current]),
    stops("refuse", "Florida: the employer", [livesIn("FL"), person("employer"), LOCATE]),
    opens("Florida: the employer, with permission", [
      livesIn("FL"),
      person("employer"),
      LOCATE,
      consent("contactPersonWork"),
    ]),
    opens("Ohio: the employer", [person("employer"), LOCATE]),
    opens("Florida: the borrower at work", [
      livesIn("FL"),
      WORK,
      message({ contactId: "CT-WORK" }),
    ]),
  ],
  "place.inconvenient": [
    opens("nobody said no", [toMail]),
    stops("refuse", "a letter home", [toMail, noHome]),
    stops("refuse", "a letter to a personal address", [
      toMail,
      noHome,
      address({ label: "personal" }),
    ]),
    opens("a letter to work", [toMail, noHome, address({ label: "work" })]),
    stops("refuse", "the home landline", [LAND, message({ contactId: "CT-LAND" }), noHome]),
    stops("refuse", "a line at home of a kind not known", [
      noHome,
      mobile({ label: "home", lineType: "unknown" }),
    ]),
    opens("the mobile", [noHome]),
    opens("a mobile labelled home", [noHome, mobile({ label: "home" })]),
    opens("a personal line of a kind not known", [noHome, mobile({ lineType: "unknown" })]),
    opens("a landline at work", [noHome, WORK, message({ contactId: "CT-WORK" })]),
    opens("email", [toEmail, noHome, email({ label: "home" })]),
    opens("a text to a home line", [toText, noHome, mobile({ label: "home", lineType: "voip" })]),
    opens("work is named, not home", [toMail, noWork]),
    opens("servicing by letter", [toMail, noHome, servicing, current]),
    opens("a neighbour", [NEIGHBOUR, toNeighbour, LOCATE, noHome]),
    opens(
      "the answer to a letter",
      [
        toMail,
        noHome,
        message({ replyToInboundId: "IN-1" }),
        inbound(said("please write", { channel: "mail", contactId: "CT-HOME" })),
      ],
      { outcome: "allow", ruleId: "time.respondonce" },
    ),
  ],
  "party.attorney": [
    opens("not represented", []),
    stops("redirect", "represented", [ATTORNEY], {
      to: { party: "attorney", channel: "email", contactId: "CT-ATTORNEY" },
    }),
    stops(
      "redirect",
      "represented by an attorney without a contact",
      [{ borrower: { attorney: { knownSince: "2026-09-01T15:00:00Z" } } }],
      { to: { party: "attorney" } },
    ),
    opens("known from tomorrow", [
      ATTORNEY,
      { borrower: { attorney: { knownSince: "2026-11-21T15:00:00Z" } } },
    ]),
    opens("to the attorney", [ATTORNEY, message({ channel: "email", contactId: "CT-ATTORNEY" })]),
    opens("to the attorney by the contact alone", [
      ATTORNEY,
      { borrower: { attorney: { contactId: "CT-MOBILE" } } },
    ]),
    opens("another attorney", [ATTORNEY, person("attorney")]),
    opens("the attorney consented", [
      ATTORNEY,
      { borrower: { attorney: { consentedAt: "2026-11-01T15:00:00Z" } } },
    ]),
    stops("redirect", "the attorney consents tomorrow", [
      ATTORNEY,
      { borrower: { attorney: { consentedAt: "2026-11-21T15:00:00Z" } } },
    ]),
    opens("the borrower consented", [ATTORNEY, consent("contactPersonRepByAttorney")]),
    stops("redirect", "silent for 30 days", [
      ATTORNEY,
      { borrower: { attorney: { unresponsiveSince: "2026-10-21T15:00:00Z" } } },
    ]),
    opens("silent for 31 days", [
      ATTORNEY,
      { borrower: { attorney: { unresponsiveSince: "2026-10-20T15:00:00Z" } } },
    ]),
    opens("the limit is the lender's", [
      ATTORNEY,
      limits({ attorneySilentDays: 5 }),
      { borrower: { attorney: { unresponsiveSince: "2026-11-14T15:00:00Z" } } },
    ]),
    opens("the first answer, by another medium", [
      ATTORNEY,
      message({ replyToInboundId: "IN-1" }),
      inbound(said("call me", { channel: "email", contactId: "CT-EMAIL" })),
    ]),
    stops("redirect", "an answer to nothing", [ATTORNEY, message({ replyToInboundId: "IN-9" })]),
    stops("redirect", "the second answer", [
      ATTORNEY,
      message({ replyToInboundId: "IN-1" }),
      inbound(said("call me", { channel: "email", contactId: "CT-EMAIL" })),
      history(call("19", { replyToInboundId: "IN-1" })),
    ]),
    opens("an answer that failed was none", [
      ATTORNEY,
      message({ replyToInboundId: "IN-1" }),
      inbound(said("call me", { channel: "email", contactId: "CT-EMAIL" })),
      history(
        call("19", { replyToInboundId: "IN-1", status: "failed", statusDetails: "voiceBusy" }),
      ),
    ]),
    opens("servicing that asks for nothing", [ATTORNEY, servicing, current]),
    stops("redirect", "servicing that asks for a payment", [
      ATTORNEY,
      message({ theme: "opsServicing" }),
      current,
    ]),
    opens("codes", [ATTORNEY, codes]),
    opens("collection with Regulation F switched off", [ATTORNEY, noRegF]),
    opens("marketing that asks for money on a current loan", [
      ATTORNEY,
      message({ theme: null, isTransactional: false }),
      current,
    ]),
  ],
  "party.deceased": [
    opens("alive", [toEmail]),
    stops("refuse", "no estate contact", [toEmail, DEAD]),
    stops("refuse", "codes as well", [toEmail, DEAD, codes]),
    stops("redirect", "an executor is known", [toEmail, DEAD, EXECUTOR], {
      to: { party: "estate", channel: "email", contactId: "CT-EXECUTOR" },
    }),
    stops("refuse", "the executor's address is invalid", [
      toEmail,
      DEAD,
      EXECUTOR,
      { contacts: { "CT-EXECUTOR": { valid: false } } },
    ]),
    stops("refuse", "the executor's address is archived", [
      toEmail,
      DEAD,
      EXECUTOR,
      { contacts: { "CT-EXECUTOR": { status: "archived" } } },
    ]),
    opens("to the executor", [
      DEAD,
      EXECUTOR,
      message({ channel: "email", contactId: "CT-EXECUTOR" }),
    ]),
    opens("to the spouse", [DEAD, person("spouse")]),
    opens("a location message", [DEAD, LOCATE]),
    opens("the case was canceled", [toEmail, kase("deceased", {}, { status: "canceled" })]),
    opens("it was another person", [
      toEmail,
      kase("deceased", {}, { status: "completed", outcome: "falsePositive" }),
    ]),
    opens("it was denied", [
      toEmail,
      kase("deceased", {}, { status: "completed", outcome: "denied" }),
    ]),
    stops("refuse", "the case is completed", [
      toEmail,
      kase("deceased", {}, { status: "completed", outcome: "approved" }),
    ]),
    stops("refuse", "the case names another loan", [
      toEmail,
      kase("deceased", {}, { loanIds: ["L2"] }),
    ]),
    opens("a case of another type", [
      toEmail,
      kase("identityTheft", {}, { status: "completed", outcome: "denied" }),
    ]),
  ],
  "locate.content": [
    opens("the debt is not mentioned", [THIRD_PHONE, toThird, LOCATE]),
    stops("refuse", "the debt is mentioned", [
      THIRD_PHONE,
      toThird,
      LOCATE,
      rendered({ mentionsDebt: true }),
    ]),
    opens("not rendered yet", [THIRD_PHONE, toThird, LOCATE, unrendered], {
      outcome: "allow",
      requires: ["no-debt-mention"],
    }),
    stops("refuse", "an employer theme", [
      message({ theme: "opsCollContactEmployerNotice", asksForMoney: false }),
    ]),
    stops("refuse", "verifying the employment", [
      message({ theme: "opsCollVerifyEmployment", asksForMoney: false }),
    ]),
    opens("a plain letter", [NEIGHBOUR, toNeighbour, LOCATE]),
    stops("refuse", "a postcard", [
      NEIGHBOUR,
      toNeighbour,
      LOCATE,
      rendered({ mailProduct: "postcard" }),
    ]),
    stops("refuse", "an envelope that shows something", [
      NEIGHBOUR,
      toNeighbour,
      LOCATE,
      rendered({ plainEnvelope: false }),
    ]),
    opens("an envelope matters to letters only", [
      THIRD_PHONE,
      toThird,
      LOCATE,
      rendered({ plainEnvelope: false }),
    ]),
    opens("collection from the borrower", []),
  ],
  "locate.once": [
    opens("never contacted", [THIRD_PHONE, toThird, LOCATE]),
    stops("refuse", "spoken to", [
      THIRD_PHONE,
      toThird,
      LOCATE,
      history(
        call("17", {
          contactId: "CT-THIRD",
          statusDetails: "voiceSpokeWithThirdParty",
          theme: "opsCollLocateBorrower",
        }),
      ),
    ]),
    opens("nobody answered", [
      THIRD_PHONE,
      toThird,
      LOCATE,
      history(call("17", { contactId: "CT-THIRD", theme: "opsCollLocateBorrower" })),
    ]),
    stops("refuse", "a message was left", [
      THIRD_PHONE,
      toThird,
      LOCATE,
      history(
        call("17", {
          contactId: "CT-THIRD",
          statusDetails: "voiceLeftMessageWithThirdParty",
          theme: "opsCollLocateBorrower",
        }),
      ),
    ]),
    opens("the person asked for the answer", [
      THIRD_PHONE,
      toThird,
      LOCATE,
      message({ replyToInboundId: "IN-1" }),
      inbound({ channel: "voice", contactId: "CT-THIRD", receivedAt: "2026-11-19T15:00:00Z" }),
      history(
        call("10", {
          contactId: "CT-THIRD",
          statusDetails: "voiceSpokeWithThirdParty",
          theme: "opsCollLocateBorrower",
        }),
      ),
    ]),
    stops("refuse", "another person asked", [
      THIRD_PHONE,
      toThird,
      LOCATE,
      message({ replyToInboundId: "IN-1" }),
      inbound({ channel: "voice", contactId: "CT-MOBILE", receivedAt: "2026-11-19T15:00:00Z" }),
      history(
        call("17", {
          contactId: "CT-THIRD",
          statusDetails: "voiceSpokeWithThirdParty",
          theme: "opsCollLocateBorrower",
        }),
      ),
    ]),
    opens("spoken to about something else", [
      THIRD_PHONE,
      toThird,
      LOCATE,
      history(
        call("10", {
          contactId: "CT-THIRD",
          statusDetails: "voiceSpokeWithThirdParty",
          theme: "opsServicing",
        }),
      ),
    ]),
    opens("another person was spoken to", [
      THIRD_PHONE,
      toThird,
      LOCATE,
      history(
        call("10", {
          contactId: "CT-FOURTH",
          statusDetails: "voiceSpokeWithThirdParty",
          theme: "opsCollLocateBorrower",
        }),
      ),
    ]),
    stops("refuse", "written to", [
      NEIGHBOUR,
      toNeighbour,
      LOCATE,
      history(mail("10", { contactId: "CT-NEIGHBOUR", theme: "opsCollVerifyEmployment" })),
    ]),
    opens("a letter that is only planned", [
      NEIGHBOUR,
      toNeighbour,
      LOCATE,
      history(
        mail("10", {
          contactId: "CT-NEIGHBOUR",
          theme: "opsCollLocateBorrower",
          status: "scheduled",
        }),
      ),
    ]),
    opens("a letter that failed", [
      NEIGHBOUR,
      toNeighbour,
      LOCATE,
      history(
        mail("10", { contactId: "CT-NEIGHBOUR", theme: "opsCollLocateBorrower", status: "failed" }),
      ),
    ]),
    opens("the borrower, not a third person", [
      LOCATE,
      history(
        call("10", { statusDetails: "voiceSpokeWithThirdParty", theme: "opsCollLocateBorrower" }),
      ),
    ]),
    opens("collection from a person spoken to", [
      person("guardian"),
      history(
        call("10", { statusDetails: "voiceSpokeWithThirdParty", theme: "opsCollLocateBorrower" }),
      ),
    ]),
  ],
};
