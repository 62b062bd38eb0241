/** The phrases of a report in prose, and the code that they mean. The first matching row counts. */
export interface BounceWords {
  readonly kind: "bounce" | "delayed";
  /** RFC 3463; null if the words give no reason. */
  readonly enhanced: string | null;
  readonly words: RegExp;
}

/**
 * The first words of reports from servers without RFC 3464, whatever the reason: qmail, Exim, older Exchange, Postfix's
 * bare form.
 */
export const REPORT_OPENINGS: readonly RegExp[] = [
  /this is the (?:qmail-send program|mail (?:delivery )?system|mailer-daemon)/iu,
  /this message was created automatically by mail delivery software/iu,
  /your message (?:did not reach|to .{1,200} (?:couldn['’]t|could not) be delivered|wasn['’]t delivered)/isu,
  /(?:could not|couldn['’]t|cannot|can ?not) be delivered to (?:one or more|the following|some)/iu,
  /delivery (?:to the following recipients?|has) failed/iu,
  /(?:i['’]m|i am) sorry to have to inform you/iu,
  /the following (?:address(?:es)?|recipients?)(?:\(s\))? (?:had|failed|could not)/iu,
  /(?:no se (?:pudo|ha podido) entregar|no se puede entregar|no pudo (?:ser )?entrega|mensaje no entregado|error en la entrega)/iu,
  /(?:konnte nicht zugestellt werden|unzustellbar|nicht zugestellt)/iu,
  /(?:n['’]a pas (?:pu être|été) (?:remis|distribu|livr)|non remis|échec de (?:la )?remise)/iu,
  /(?:não (?:pôde|foi possível) (?:ser )?entreg|falha na entrega)/iu,
  /(?:impossibile (?:consegnare|recapitare)|mancato recapito)/iu,
  /(?:配信できません|送信できませんでした|配信不能)/u,
];

/** Reports from a server that still tries. They are matched first, because they name a reason too. */
const DELAYS =
  /has not (?:yet )?been delivered|delivery (?:is )?(?:delayed|incomplete|temporarily suspended)|will (?:be retried|keep trying|continue to try)|this is a warning message only|do not need to resend|aún no se ha entregado|retras(?:o|ado)|se seguirá intentando|verzögert|weiterhin versucht|retardée?/iu;

export const BOUNCE_WORDS: readonly BounceWords[] = [
  { kind: "delayed", enhanced: null, words: DELAYS },
  {
    kind: "bounce",
    enhanced: "5.1.1",
    words:
      /user unknown|unknown user|no such (?:user|recipient|address|mailbox)|no mailbox here by that name|(?:mailbox|user|recipient|account|address)(?: \S+)? (?:does(?: not|n['’]t) exist|(?:was |could )?not (?:be )?found|unknown|is unavailable)|does(?: not|n['’]t) have an? .{1,40} account|address couldn['’]t be found|invalid (?:recipient|mailbox)|not listed in (?:public name|domino)/iu,
  },
  {
    kind: "bounce",
    enhanced: "5.1.1",
    words:
      /usuario (?:desconocido|inexistente|no existe)|(?:dirección|buzón|cuenta|destinatario)[^.\n]{0,60}(?:no existe|no se (?:encontró|ha encontrado)|desconocid)|(?:empfänger|benutzer)[^.\n]{0,40}unbekannt|adresse[^.\n]{0,60}(?:nicht gefunden|existiert nicht|introuvable|n['’]existe pas)|destinataire inconnu|(?:usuário|destinatário)[^.\n]{0,40}(?:desconhecido|inexistente|não existe)|(?:utente|destinatario)[^.\n]{0,40}(?:sconosciuto|inesistente)|(?:宛先|メールアドレス)[^。\n]{0,30}(?:見つかりません|存在しません)/iu,
  },
  {
    kind: "bounce",
    enhanced: "5.2.2",
    words:
      /mailbox (?:is )?full|over (?:its |the )?(?:disk )?quota|quota (?:has been )?exceeded|exceeded .{0,20}(?:quota|storage)|buzón[^.\n]{0,30}llen|cuota[^.\n]{0,30}(?:excedid|superad)|postfach[^.\n]{0,30}voll|boîte[^.\n]{0,40}pleine|caixa[^.\n]{0,30}cheia|casella[^.\n]{0,30}piena/iu,
  },
  {
    kind: "bounce",
    enhanced: "5.2.1",
    words:
      /(?:mailbox|account|user)[^.\n]{0,30}(?:disabled|inactive|suspended|deactivated|closed)/iu,
  },
  {
    kind: "bounce",
    enhanced: "5.1.2",
    words:
      /(?:host|domain|name server)[^.\n]{0,80}(?:not found|unknown|does not exist)|couldn['’]t find any host|no (?:mx|mail exchanger)|dominio[^.\n]{0,40}no existe|unrouteable address|no such domain/iu,
  },
  {
    kind: "bounce",
    enhanced: "5.3.4",
    words:
      /message (?:size )?(?:is )?(?:too (?:large|big)|exceeds)|size limit|mensaje[^.\n]{0,30}demasiado grande/iu,
  },
  {
    kind: "bounce",
    enhanced: "4.4.7",
    words:
      /retry time(?:out)? exceeded|too long in (?:the )?queue|message expired|timed out|i(?:['’]m|['’]ve| have) (?:not going to try again|given up)/iu,
  },
  {
    kind: "bounce",
    enhanced: "5.7.1",
    words:
      /(?:spam|blacklist|blocklist|policy|not (?:permitted|allowed|authorized)|access denied|listed at)/iu,
  },
];

/** Subjects of reports. */
export const REPORT_SUBJECTS =
  /undeliver|delivery (?:status notification|failure|has failed|report|delayed|problem|incomplete)|returned mail|failure notice|mail delivery (?:failed|system|failure)|message (?:not delivered|undeliverable)|(?:could not|couldn['’]t) be delivered|warning: message .{0,60}delayed|delayed mail|no se pudo entregar|no entregado|error de entrega|devuelto|unzustellbar|nicht zustellbar|non remis|non distribu|échec|não entregue|falha na entrega|mancato recapito|配信/iu;

/** Senders of reports. */
export const REPORT_SENDERS =
  /mailer-?daemon|mail ?delivery ?(?:sub)?system|postmaster|microsoftexchange[\da-f]+|mail administrator|correo ?devuelto/iu;
