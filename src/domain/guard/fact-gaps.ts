import type { RuleId } from "./rule-ids.ts";

/** The facts that a lender may never fill, with the rules that cannot work without them. */
export const RULES_OF_FACTS = {
  "consents of the kind esign": ["esign.required"],
  "consents of the kind calls": ["freq.consentexcl"],
  do_not_interact: ["pref.product"],
  "preferences of the kind inconvenientTime": ["time.consumer"],
  "preferences of the kind inconvenientPlace": ["place.work", "place.inconvenient"],
  "preferences of the kind mediumRefusal": ["medium.refused"],
  "case_type_legal_states for bankruptcy": ["bk.stay", "bk.discharge", "bk.codebtor"],
  "case_type_legal_states for ceaseCommunication": ["cease.written"],
  "case_type_legal_states for disputeOfDebt": ["dispute.open"],
  "case_type_legal_states for debtValidation": ["origcred.open"],
  "case_type_legal_states for deceased": ["party.deceased"],
  "case_type_legal_states for identityTheft": ["idtheft.block"],
  "case_type_legal_states for militaryDuty": ["scra.content"],
  "borrowers.attorney_known_since": ["party.attorney"],
  "contacts.address": ["time.state", "freq.state", "state.scope"],
  "contacts.line_type": ["freq.prerecorded30"],
  "contacts.reassigned_number_result": ["contact.reassigned"],
  "contacts.phone_disconnection_details": ["contact.disconnected"],
  "contacts.leaked_to_third_party_at": ["party.leaked"],
  "contacts.on_national_dnc_list": ["mkt.phone"],
  "loans.collector_role": [
    "email.procedure",
    "text.procedure60",
    "content.minimiranda",
    "sms.thirdpartydebt",
  ],
  "loans.status": ["debt.settled"],
  "loans.days_past_due": ["pref.product"],
  "loans.time_barred": ["timebarred.threat"],
  "loans.collateral": ["esign.excluded"],
  "loans.initial_communication_at": ["content.validation"],
  "loans.validation_period_ends_on": ["content.overshadow"],
  "loans.negative_info_furnished_at": ["negreport.timing"],
} as const satisfies Readonly<Record<string, readonly RuleId[]>>;
export type GuardFact = keyof typeof RULES_OF_FACTS;

/** Returns the rules that cannot work, or only in part, because these facts are never filled. */
export const rulesWithout = (facts: readonly GuardFact[]): readonly RuleId[] => [
  ...new Set(facts.flatMap((fact) => RULES_OF_FACTS[fact])),
];
