/**
 * The possible readings of a reply.
 * - optOut: no more electronic messages to this number or address.
 * - optIn: texts to this number may be sent again. It withdraws no other refusal.
 * - help: the borrower wants to know who writes and how to stop it.
 * - refuseAll: no contact at all. In writing it is also a request to cease.
 * - refuseVoice: no more calls.
 * - ceaseWritten: a written refusal to pay, or a written request to cease.
 * - unclear: it may be a refusal. Until a person has read it, no text and nothing about collection is sent there.
 * - none: it contains no keyword.
 */
export type Reading =
  | "optOut"
  | "optIn"
  | "help"
  | "refuseAll"
  | "refuseVoice"
  | "ceaseWritten"
  | "unclear"
  | "none";

/** The source of a rule: the law or a provider's text, a summary of it, or our own choice. */
type Certainty = "primary" | "secondary" | "policy";

export interface Keywords {
  readonly language: "en" | "es" | "fr";
  readonly reading: Reading;
  readonly source: string;
  readonly certainty: Certainty;
  /** Toll-free numbers are opted in by their carriers, who take no YES. */
  readonly senders?: "longCode";
  /** In the form that `parsePhrase` reads: lower case, without accents, apostrophes and punctuation. */
  readonly phrases: readonly string[];
}

const FCC = "47 CFR 64.1200(a)(10)";
const TWILIO = "Twilio's default keywords for long codes";
const OURS = "reasonable wording, 47 CFR 64.1200(a)(10) and 12 CFR 1006.14(h)";

const WRITE = "text*|txt*|msg*|messag*|sms|email*|spamming";
const MESSAGES = "text|texts|txts|message|messages|msgs|sms|email|emails";
const THE = "all? of? the|these|those|your|this|any|such? more?";

/** Step 1 to 3: the whole text is the keyword. Words of courtesy around an opt-out or a call for help do not count. */
export const WHOLE_TEXTS: readonly Keywords[] = [
  {
    language: "en",
    reading: "optOut",
    source: FCC,
    certainty: "primary",
    phrases: ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"],
  },
  {
    language: "en",
    reading: "optOut",
    source: TWILIO,
    certainty: "primary",
    phrases: ["stopall", "stop all", "optout"],
  },
  {
    language: "en",
    reading: "optOut",
    source: OURS,
    certainty: "policy",
    phrases: [
      "remove",
      "un subscribe",
      // typing errors that are no other word
      "stopp|sstop|stpo|sotp|tsop",
      "unsuscribe|unsubscibe|unsubcribe|unsubscrib|unsubsribe",
    ],
  },
  { language: "fr", reading: "optOut", source: OURS, certainty: "policy", phrases: ["arret"] },
  {
    language: "es",
    reading: "optOut",
    source: OURS,
    certainty: "policy",
    phrases: [
      "alto",
      "parar|pare|paren",
      "no mas",
      "basta",
      "cancelar|cancele|cancelen",
      "cancelar la|mi? suscripcion",
      "baja",
      "dar|darme|deme|denme de baja",
      "salir",
      "detener|detengan|detenganse",
      "terminar",
      "eliminar",
      "remover",
      "desuscribir|desuscribirme",
    ],
  },
  {
    language: "en",
    reading: "optIn",
    source: TWILIO,
    certainty: "secondary",
    phrases: ["start", "unstop"],
  },
  {
    language: "en",
    reading: "optIn",
    source: TWILIO,
    certainty: "secondary",
    senders: "longCode",
    phrases: ["yes"],
  },
  // "sí" is missing on purpose: it answers too many questions to count as consent
  {
    language: "es",
    reading: "optIn",
    source: "the Spanish of Twilio's default keywords",
    certainty: "policy",
    phrases: ["iniciar", "comenzar", "reanudar"],
  },
  {
    language: "en",
    reading: "help",
    source: TWILIO,
    certainty: "secondary",
    phrases: ["help me?", "info"],
  },
  {
    language: "es",
    reading: "help",
    source: "the Spanish of Twilio's default keywords",
    certainty: "policy",
    phrases: ["ayuda|ayudame|ayudenme", "informacion"],
  },
  { language: "en", reading: "unclear", source: OURS, certainty: "policy", phrases: ["x"] },
  // "para" is both "stop" and "for", "fin" both "end" and "purpose"
  { language: "es", reading: "unclear", source: OURS, certainty: "policy", phrases: ["para|fin"] },
];

/** Step 4 to 6: a phrase within a sentence. */
export const PHRASES: readonly Keywords[] = [
  {
    language: "en",
    reading: "refuseAll",
    source: "12 CFR 1006.14(h)",
    certainty: "policy",
    phrases: [
      "stop|quit|cease contacting|harassing|bothering|bugging",
      "do not ever? contact|bother|harass",
      "dont|never ever? contact|bother|harass",
      "do not ever? reach out",
      "dont|never ever? reach out",
      "leave me|us alone",
      "cease all? communication|communications|communicating|contact",
      "cease and desist",
      "no further|more contact|communication|communications",
      "dont|not want|wish|like to be contacted|bothered",
      "dont|not want|wish to hear from you",
    ],
  },
  {
    language: "es",
    reading: "refuseAll",
    source: "12 CFR 1006.14(h)",
    certainty: "policy",
    phrases: [
      "no me|nos contacten|contacte|contactes|molesten|moleste|molestes|busquen",
      "deje|dejen|deja|dejar|pare|paren|parar de contactar*|molestar*|acosar*|hostigar*",
      "dejenme|dejeme|dejame|dejenos en paz",
      "no quiero que me contacten|contacte|molesten|moleste|busquen",
      "no se comuniquen|comunique conmigo|mas",
      "cese|cesen de? toda|la? comunicacion|comunicaciones",
      "no vuelvan|vuelva a contactar*|molestar*|comunicarse",
    ],
  },
  {
    language: "en",
    reading: "refuseVoice",
    source: "12 CFR 1006.14(h)",
    certainty: "policy",
    phrases: [
      "stop|quit|cease calling|phoning|ringing|dialing",
      "do not ever? call|phone|ring|dial",
      "dont|never ever? call|phone|ring|dial",
      "no more|further phone? calls",
      `stop|end ${THE} phone? calls`,
      `dont|not want|need ${THE} phone? calls`,
      `dont|not want|wish to receive|get ${THE} phone? calls`,
    ],
  },
  {
    language: "es",
    reading: "refuseVoice",
    source: "12 CFR 1006.14(h)",
    certainty: "policy",
    phrases: [
      "no me|nos? llamen|llame|llames",
      "deje|dejen|deja|dejar|pare|paren|parar de llamar*",
      "no mas llamadas",
      "no quiero|deseo recibir? mas? sus? llamadas",
      "no vuelvan|vuelva a llamar*",
    ],
  },
  {
    language: "en",
    reading: "optOut",
    source: FCC,
    certainty: "secondary",
    phrases: [
      `stop|quit|cease ${WRITE}`,
      `stop|quit|cease calling me|us? or|and? ${WRITE}`,
      `stop|quit|cease sending me|us? ${THE} text? ${MESSAGES}`,
      `stop|quit|end|cancel|cease with? ${THE} text? ${MESSAGES}`,
      "stop|quit|cease writing",
      "do not ever? write to? me|us",
      "dont|never ever? write to? me|us",
      `do not ever? ${WRITE}`,
      `dont|never ever? ${WRITE}`,
      `do not call me|us? or|and|nor? ${WRITE}`,
      `dont|never call me|us? or|and|nor? ${WRITE}`,
      `do not send me|us? ${THE} text? ${MESSAGES}`,
      `dont|never send me|us? ${THE} text? ${MESSAGES}`,
      `no more|further text? ${MESSAGES}`,
      `${MESSAGES} need|needs|have|has|got to stop`,
      `${MESSAGES} must|gotta|to stop`,
      `dont|not want|need ${THE} text? ${MESSAGES}`,
      `dont|not want|wish|like to receive|get|have ${THE} text? ${MESSAGES}`,
      `no longer want|wish|like to receive|get|have ${THE} text? ${MESSAGES}`,
      `no longer want|need ${THE} text? ${MESSAGES}`,
      `cease|discontinue|stop receiving|getting ${THE} text? ${MESSAGES}`,
      `discontinue|enough with? ${THE} text? ${MESSAGES}`,
      "stop|quit|cease sending me|us? these|this|them|those",
      "dont|not consent to",
      "take|get me|us off",
      "take|get my|this number|phone|cell|name|email|address off",
      "remove|delete me|us",
      "remove|delete|erase my|this|our cell|phone|mobile? number|phone|cell|name|email|address",
      "opt me|us out",
      "want|like|wish|choose|elect|need to opt out",
      "i opt out",
      "am|im opting out",
      "unsubscribe me|us|my|this",
      "want|like|wish|choose|need to unsubscribe",
      "please unsubscribe",
      "revoke|withdraw|rescind _ consent|permission|authorization",
      "dont|not have my|our? permission|consent|authorization",
      "lose|forget my|this number",
      "asked|told|telling|asking|begged you|yall? guys|people? to stop",
      "want|need you|this|it to stop",
      "i|we said|say stop",
      "make it|this stop",
    ],
  },
  {
    language: "es",
    reading: "optOut",
    source: OURS,
    certainty: "policy",
    phrases: [
      "deje|dejen|deja|dejar|pare|paren|parar|para de mandar*|enviar*|escribir*|text*|mensaj*",
      "deje|dejen|deja|dejar|pare|paren|parar de llamar* y|o|ni mandar*|enviar*|escribir*|text*",
      "no me|nos escriban|escriba|escribas|texteen|textee|textees",
      "no vuelvan|vuelva|vuelvas a escribir*|mandar*|enviar*|textear*",
      "no me|nos manden|mande|mandes|envien|envie|envies _ mensaj*|texto|textos|sms|correo|correos|notificacion*",
      "no me|nos manden|mande|mandes|envien|envie|envies mas|nada",
      "ni me|nos? manden|mande|envien|envie|escriban|escriba|texteen|textee",
      "no mas mensaj*|texto|textos|sms|correo|correos|notificacion*",
      "basta ya? de|con tantos? sus? mensaj*|texto|textos|correos",
      "no quiero|deseo recibir? mas? sus|estos|los|ningun? mensaj*|texto|textos|sms|correo|correos|notificacion*",
      "no quiero|deseo que me|nos manden|mande|envien|envie|escriban|escriba|texteen",
      "quiten*|quite|quiteme|saquen*|saque|saqueme|borren*|borre|borreme|eliminen*|elimine|elimineme|remuevan* _ de la|su|sus|esta lista|listas",
      "quitar*|sacar*|borrar*|eliminar* _ de la|su|sus|esta lista|listas",
      "borr*|elimin* mi|este numero|telefono|nombre|correo",
      "denme|deme|dame|darme de baja",
      "cancel* la|mi|esta suscripcion",
      "cancel* los|las|estos|estas|sus mensaj*|textos|correos|notificacion*",
      "revoco|retiro|revocar|retirar _ consentimiento|autorizacion|permiso",
      "no tiene|tienen|tienes mi? permiso|autorizacion|consentimiento",
    ],
  },
];

/** A written refusal to pay: 12 CFR 1006.6(c). It is read only in written replies. */
export const REFUSALS_TO_PAY: readonly Keywords[] = [
  {
    language: "en",
    reading: "ceaseWritten",
    source: "12 CFR 1006.6(c)",
    certainty: "policy",
    phrases: [
      "i wont pay",
      "i will not pay",
      "i refuse to pay",
      "im not paying",
      "not going to pay",
    ],
  },
  {
    language: "es",
    reading: "ceaseWritten",
    source: "12 CFR 1006.6(c)",
    certainty: "policy",
    phrases: ["no voy a pagar*", "me niego a pagar*", "no pienso pagar*"],
  },
];

/** Step 7: the text begins with the word and has at most one more. */
export const FIRST_WORDS: readonly Keywords[] = [
  {
    language: "en",
    reading: "optOut",
    source: OURS,
    certainty: "policy",
    phrases: ["stop|unsubscribe|cancel|quit"],
  },
];

/** Second words of step 7 that are another object: "cancel payment" refuses no message. */
export const OTHER_OBJECTS: readonly string[] = [
  "payment|payments|pay|autopay|auto|check|checks|appointment|order|loan|account|card|transfer",
  "by|sign|job|work|smoking|order|subscription",
];

/** Step 8: the word is anywhere in the text, so a person must read it. */
export const ANY_WORDS: readonly Keywords[] = [
  {
    language: "en",
    reading: "unclear",
    source: OURS,
    certainty: "policy",
    phrases: [
      "stop|unsubscrib*|cancel*|quit|end|revoke|remove|optout",
      "opt out",
      "dont|not|never send me|us anything",
    ],
  },
  {
    language: "es",
    reading: "unclear",
    source: OURS,
    certainty: "policy",
    phrases: [
      "parar|paren|detener|detengan|cancel*|elimin*|desuscrib*|dejen|dejaron",
      "quitar*|quiten*|quiteme|borrar*|borren*|borreme",
      "de baja",
      "no recibir",
    ],
  },
  // after a wrong number, a death, an attorney or a bankruptcy, a person must read it before anything is sent
  {
    language: "en",
    reading: "unclear",
    source: "rules party.thirdparty, party.deceased, party.attorney and bk.stay",
    certainty: "policy",
    phrases: [
      "wrong number|person|phone|guy|lady",
      "not the person",
      "isnt|not my|mine loan|account|debt",
      "my number now",
      "passed away",
      "deceased|bankruptcy|lawyer|attorney",
      "he|she|husband|wife|mother|father|mom|dad died",
      "filed chapter",
    ],
  },
  // anger, and a wish for another channel
  {
    language: "en",
    reading: "unclear",
    source: OURS,
    certainty: "policy",
    phrases: [
      "discontinue|block|blocked|blocking",
      "not interested",
      "never signed up",
      "do not use",
      "dont use",
      "by mail|letter|email|post",
      "fuck|fck|f|screw off|you|u|yall",
      "shut up",
      "go away",
      "eat shit",
      "only email|mail|write|by|letters",
      "email|mail|letter|letters|letters only",
    ],
  },
  {
    language: "es",
    reading: "unclear",
    source: OURS,
    certainty: "policy",
    phrases: [
      "no me interesa",
      "no estoy interesado|interesada",
      "vayase|vayanse|largo",
      "solo|solamente por correo|carta",
    ],
  },
  {
    language: "es",
    reading: "unclear",
    source: "rules party.thirdparty, party.deceased, party.attorney and bk.stay",
    certainty: "policy",
    phrases: [
      "numero|persona equivocado|equivocada",
      "equivoco|equivocaron de numero|persona",
      "no soy esa|esta|ese|la persona",
      "no conozco a",
      "fallecio|murio|fallecido|fallecida|bancarrota|abogado|abogada",
    ],
  },
];

/** Words of courtesy at either end of a text. */
export const COURTESY: readonly string[] = [
  "please|pls|plz|ok|okay|hi|hello|hey|thanks|thx|ty|now|immediately|already|just",
  "thank you",
  "porfavor|porfa|gracias|hola|ya",
  "por favor",
];

/** Words that add emphasis and no meaning, at any place. */
export const FORCE: readonly string[] = [
  "fucking|fuckin|fking|effing|freaking|frickin|damn|goddamn|goddam|bloody",
];

/** A sentence that begins like this is a question. A sentence with "can you" or "pueden" is a request. */
export const ASKING: readonly string[] = [
  "why|when|how|what|where|who|did|have|has|is|are|do|does",
  "como|cuando|porque|cual|donde|quien",
  "por que",
];

/** Words that reverse a phrase that follows. */
export const NEGATIONS: readonly string[] = ["dont|not|never|didnt|wont|cant|no|ni"];

/** Words that turn a following prohibition into a report: "I do not call". */
export const SUBJECTS: readonly string[] = ["i|we|they|he|she|people|who"];

/** Words that turn a negation into a wish, which needs a subject: "I do not want". */
export const WISHES: readonly string[] = ["want|need|wish|like|longer|have"];

/** Words that limit a refusal within a sentence to a time, a place or one of several things. */
export const LIMITS: readonly string[] = [
  "before|until|till|during|while|when|unless|between|today|tonight|tomorrow|weekend|weekends|twice",
  "monday*|tuesday*|wednesday*|thursday*|friday*|saturday*|sunday*",
  "at|from my? work|job|night|office",
  "after 1|2|3|4|5|6|7|8|9|10|11|12|work|hours|noon|dark",
  "in the morning|mornings|evening|evenings|afternoon",
  "this week|month",
  "late? fee|fees|interest|autopay|statement|statements",
  "from|off the|my|this loan|account|title|note|policy",
  "as a? cosigner|co|borrower",
  "antes|hasta|mientras|cuando|hoy|manana|noche|noches|trabajo|oficina",
  "lunes|martes|miercoles|jueves|viernes|sabado*|domingo*",
  "despues de",
  "este|esta mes|semana",
  "cargo|cargos|recargo|intereses",
];
