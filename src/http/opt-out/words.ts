/** The words of the opt-out page in one language. `{lender}` and `{phone}` stand for the lender's name and number. */
export interface OptOutWords {
  /** The name of the language in itself. */
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly explanation: string;
  readonly marketing: string;
  readonly button: string;
  readonly doneTitle: string;
  readonly done: string;
  readonly doneMarketing: string;
  readonly back: string;
  readonly unknownTitle: string;
  readonly unknown: string;
  readonly busyTitle: string;
  readonly busy: string;
}

/** The languages of the page. */
export const OPT_OUT_WORDS = {
  en: {
    name: "English",
    title: "Stop messages",
    question: "Stop messages to this address?",
    explanation:
      "{lender} will stop sending account messages to {address}. We may still send notices that the law requires, by mail or in another way.",
    marketing: "{lender} will stop sending advertising to {address}.",
    button: "Stop messages",
    doneTitle: "Messages stopped",
    done: "{lender} will send no more account messages to {address}. Notices that the law requires may still reach you in another way.",
    doneMarketing: "{lender} will send no more advertising to {address}.",
    back: "To receive messages at this address again, call us at {phone}.",
    unknownTitle: "This link is not valid",
    unknown:
      "The link may be incomplete. Open it from the message again, or call {lender} at {phone}.",
    busyTitle: "Please try again",
    busy: "Too many requests came from your connection. Wait a minute and open the link again, or call {lender} at {phone}.",
  },
  es: {
    name: "Español",
    title: "Dejar de recibir mensajes",
    question: "¿Dejar de recibir mensajes en esta dirección?",
    explanation:
      "{lender} dejará de enviar mensajes sobre su cuenta a {address}. Es posible que le enviemos por correo postal, o de otra forma, los avisos que exige la ley.",
    marketing: "{lender} dejará de enviar publicidad a {address}.",
    button: "Dejar de recibir",
    doneTitle: "Listo",
    done: "{lender} no enviará más mensajes sobre su cuenta a {address}. Los avisos que exige la ley pueden llegarle de otra forma.",
    doneMarketing: "{lender} no enviará más publicidad a {address}.",
    back: "Para volver a recibir mensajes en esta dirección, llámenos al {phone}.",
    unknownTitle: "Este enlace no es válido",
    unknown:
      "Es posible que el enlace esté incompleto. Ábralo otra vez desde el mensaje, o llame a {lender} al {phone}.",
    busyTitle: "Inténtelo de nuevo",
    busy: "Recibimos demasiadas solicitudes de su conexión. Espere un minuto y abra el enlace otra vez, o llame a {lender} al {phone}.",
  },
} as const satisfies Readonly<Record<string, OptOutWords>>;

export type OptOutLanguage = keyof typeof OPT_OUT_WORDS;

const isKnown = (language: string): language is OptOutLanguage =>
  Object.hasOwn(OPT_OUT_WORDS, language);

/**
 * Returns the language of the page: the one that the reader chose, the borrower's, the first of the lender's that the page
 * has, or English.
 */
export function pageLanguage(
  chosen: string | undefined,
  borrower: string | undefined,
  lender: readonly string[],
): OptOutLanguage {
  const wanted = [chosen, borrower, ...lender].flatMap((tag) => tag?.split("-")[0] ?? []);
  return wanted.find(isKnown) ?? "en";
}
