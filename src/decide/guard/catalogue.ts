import { RULE_IDS, type RuleId } from "../../domain/guard/rule-ids.ts";
import {
  contactDisconnected,
  contactInvalid,
  contactReassigned,
  emailProcedure,
  emailWork,
  partyLeaked,
  textProcedure60,
} from "./rules/addresses.ts";
import { bkCodebtor, bkDischarge, bkStay } from "./rules/bankruptcy.ts";
import { mediumRefused, prefProduct, tcpaConsent } from "./rules/consent.ts";
import {
  contentCanspam,
  contentMinimiranda,
  contentOptoutnotice,
  contentOvershadow,
  contentSubjectline,
  contentValidation,
  contentValidationdates,
  emailHeaders,
  mailEnvelope,
  smsContent,
  voiceVoicemail,
} from "./rules/content.ts";
import {
  ceaseWritten,
  debtSettled,
  disputeOpen,
  furnishFirst,
  idtheftBlock,
  negreportTiming,
  origcredOpen,
  scraContent,
  timebarredThreat,
} from "./rules/debt.ts";
import { cgStale, deliveryUndelivered, recordRetention, stateScope } from "./rules/delivery.ts";
import { freqState } from "./rules/frequency-state.ts";
import {
  freq7in7,
  freqBurst,
  freqConsentexcl,
  freqConversation7,
  freqCumulative,
  freqDebtallocation,
  freqExclusions,
  freqPrerecorded30,
} from "./rules/frequency.ts";
import { mktEmail, mktPhone, smsThirdpartydebt } from "./rules/marketing.ts";
import { optoutAddress, optoutConfirm, optoutRevoked } from "./rules/optout.ts";
import { esignExcluded, esignRequired } from "./rules/paper.ts";
import {
  locateContent,
  locateOnce,
  partyAttorney,
  partyDeceased,
  partyThirdparty,
  placeInconvenient,
  placeWork,
} from "./rules/parties.ts";
import type { Rule } from "./rules/rule.ts";
import { timeConsumer, timeRespondonce, timeState, timeWindow } from "./rules/time.ts";

/** Every rule by its id. The compiler refuses a missing rule, and a test a rule under another id. */
const BY_ID: Readonly<Record<RuleId, Rule>> = {
  "contact.invalid": contactInvalid,
  "contact.disconnected": contactDisconnected,
  "contact.reassigned": contactReassigned,
  "party.thirdparty": partyThirdparty,
  "party.leaked": partyLeaked,
  "email.procedure": emailProcedure,
  "text.procedure60": textProcedure60,
  "email.work": emailWork,
  "place.work": placeWork,
  "place.inconvenient": placeInconvenient,
  "party.attorney": partyAttorney,
  "party.deceased": partyDeceased,
  "locate.content": locateContent,
  "locate.once": locateOnce,
  "bk.stay": bkStay,
  "bk.discharge": bkDischarge,
  "bk.codebtor": bkCodebtor,
  "cease.written": ceaseWritten,
  "dispute.open": disputeOpen,
  "origcred.open": origcredOpen,
  "idtheft.block": idtheftBlock,
  "debt.settled": debtSettled,
  "timebarred.threat": timebarredThreat,
  "scra.content": scraContent,
  "furnish.first": furnishFirst,
  "negreport.timing": negreportTiming,
  "time.window": timeWindow,
  "time.consumer": timeConsumer,
  "time.respondonce": timeRespondonce,
  "time.state": timeState,
  "freq.7in7": freq7in7,
  "freq.conversation7": freqConversation7,
  "freq.consentexcl": freqConsentexcl,
  "freq.exclusions": freqExclusions,
  "freq.debtallocation": freqDebtallocation,
  "freq.burst": freqBurst,
  "freq.cumulative": freqCumulative,
  "freq.prerecorded30": freqPrerecorded30,
  "freq.state": freqState,
  "tcpa.consent": tcpaConsent,
  "optout.revoked": optoutRevoked,
  "optout.confirm": optoutConfirm,
  "optout.address": optoutAddress,
  "medium.refused": mediumRefused,
  "pref.product": prefProduct,
  "esign.required": esignRequired,
  "esign.excluded": esignExcluded,
  "mkt.email": mktEmail,
  "mkt.phone": mktPhone,
  "sms.thirdpartydebt": smsThirdpartydebt,
  "content.optoutnotice": contentOptoutnotice,
  "content.minimiranda": contentMinimiranda,
  "content.validation": contentValidation,
  "content.validationdates": contentValidationdates,
  "content.overshadow": contentOvershadow,
  "voice.voicemail": voiceVoicemail,
  "mail.envelope": mailEnvelope,
  "content.subjectline": contentSubjectline,
  "content.canspam": contentCanspam,
  "email.headers": emailHeaders,
  "sms.content": smsContent,
  "delivery.undelivered": deliveryUndelivered,
  "record.retention": recordRetention,
  "cg.stale": cgStale,
  "state.scope": stateScope,
};

/** Every rule, in the order of its number. */
export const RULES: readonly Rule[] = RULE_IDS.map((id) => BY_ID[id]);

/** Returns the rule with an id. */
export const ruleOf = (id: RuleId): Rule => BY_ID[id];
