import type { Meaning } from "./meaning.ts";
import {
  ACCOUNT,
  AUTHENTICATION,
  BLOCKED,
  DAILY_QUOTA,
  DISABLED,
  GREETING_NAME,
  LOGIN,
  MAILBOX_BUSY,
  MAILBOX_FULL,
  NO_MAILBOX,
  POLICY,
  QUOTA,
  RELAY,
  SENDER,
  SLOW_DOWN,
  THROTTLED,
  TLS_REQUIRED,
  TOO_LARGE,
  TOO_MANY_CONNECTIONS,
} from "./smtp-meanings.ts";

/** Words of a reply that are more specific than its code. */
export interface WordRule {
  readonly words: RegExp;
  /** Words that show that the reply is about something else. */
  readonly unless?: RegExp;
  /** Matched against the enhanced code, or against the reply code of a reply without one. */
  readonly codes: RegExp;
  readonly meaning: Meaning;
}

/** Any of the alternatives, each a part of a regular expression. */
const any = (...alternatives: readonly string[]): RegExp =>
  new RegExp(alternatives.join("|"), "iu");

/**
 * Matches every reply except those whose enhanced code already names the recipient's address or mailbox as the problem.
 */
const NOT_THE_RECIPIENTS = /^[45](?:\d\d$|\.(?!1\.(?:1|2|3|6|10)$|2\.[1-3]$))/u;
const RECIPIENT =
  /recipient|mailbox|inbox|tried to reach|the user you|storage|disk|user unknown|unknown user/iu;

const LIMIT = String.raw`\b(?:too (?:many|frequent)|max(?:imum)?|limit(?:s|ed)?|exceed(?:s|ed|ing)?|concurrent|simultaneous|parallel|no more|reduce|fewer)\b`;
const CONNECTION = String.raw`\b(?:connections?|sessions?|connects|clients|threads?)\b`;
const OURS = String.raw`\b(?:your|our|client|sending|source|this|sender'?s?)`;
const REFUSED = String.raw`\b(?:reject\w*|den(?:y|ied)|block\w*|ban(?:ned)?|refus\w*|throttled|invalid|not|isn't|unverified|unconfirmed|unauthori[sz]ed|doesn't|fail\w*)\b`;
const INACTIVE = String.raw`(?:suspended|paused|disabled|blocked|terminated|deactivated|on hold|frozen|restricted|closed|expired|inactive|under review|pending|not (?:active|activated|approved|allowed|permitted|enabled))`;

/**
 * Replies about us: our account, sender, address or rate, in words that SES, SendGrid, Exchange, Gmail, Mailgun,
 * Postmark, Exim, Postfix and others use. The first matching rule applies.
 */
const ABOUT_US: readonly Omit<WordRule, "codes">[] = [
  {
    words: any(`${LIMIT}.{0,40}?${CONNECTION}`, `${CONNECTION}.{0,40}?${LIMIT}`),
    // a session that was too long or had too many errors is not about too many sessions
    unless: any(
      String.raw`\b(?:per|this|in (?:an?|one|the)) (?:smtp )?(?:connection|session)`,
      "time.?out|timed out|time limit",
      String.raw`too many (?:errors|messages|recipients|failures|\w+ (?:errors|commands|failures)|(?:auth\w*|log ?in) \w+)`,
    ),
    meaning: TOO_MANY_CONNECTIONS,
  },
  {
    words: any(String.raw`\b(?:daily|(?:a|per|one) day|24.?hours?)\b.*\b(?:quota|limit|exceed)`),
    unless: RECIPIENT,
    meaning: DAILY_QUOTA,
  },
  {
    words: any(
      String.raw`\b(?:hourly|monthly|sending|submission|outbound|relay|message|e?mail|account)\b.{0,30}\b(?:quota|limits?)\b.*\b(?:exceed|reach|used|hit)`,
      String.raw`\b(?:exceed|reach|hit)\w*\b.{0,40}\b(?:hourly|monthly|sending|submission|outbound)\b.{0,20}\b(?:quota|limit)`,
      String.raw`\bmax\w* (?:e?mails|messages|defers and failures)\b.{0,20}\bper\b`,
      String.raw`credits? (?:is |are )?(?:exceed|exhaust|used)`,
      "submissionquotaexceeded",
    ),
    unless: RECIPIENT,
    meaning: QUOTA,
  },
  // Amazon SES counts by the second
  { words: /throttling failure|maximum sending rate/iu, meaning: THROTTLED },
  {
    words: any(
      "throttl",
      String.raw`(?:message|submission) rate|rate.?limit|unusual rate`,
      String.raw`too many (?:messages|e?mails|requests|(?:auth\w*|log ?in) \w+)`,
      "too much mail|too (?:fast|quickly)|slow(?:er)? down|too many recipients.*(?:hour|day|minute)",
    ),
    unless: /sender throttled|the user you/iu,
    meaning: SLOW_DOWN,
  },
  {
    words: any(
      String.raw`\b(?:spf|dkim|dmarc|rdns|ptr)\b`,
      "reverse (?:dns|lookup|host ?name)|cannot find your (?:reverse )?host ?name",
    ),
    meaning: AUTHENTICATION,
  },
  {
    words: any(
      "must issue a starttls",
      "(?:starttls|tls|encryption) (?:is )?required|requires? (?:starttls|tls|encryption)",
    ),
    meaning: TLS_REQUIRED,
  },
  {
    words: any(String.raw`\b(?:helo|ehlo)\b.*\b(?:reject|invalid|refus|need|bad)`),
    meaning: GREETING_NAME,
  },
  {
    words: any(
      "relay(?:ing)?(?: access)? (?:is )?(?:denied|not (?:permitted|allowed)|prohibited|refused)",
      "(?:unable|not permitted|not allowed) to relay|cannot relay|credentials for relay",
    ),
    meaning: RELAY,
  },
  {
    words: any(
      "not authenticated|authentication (?:is )?(?:required|failed|unsuccessful|credentials)",
      "must (?:authenticate|log ?in|sign in)|unauthenticated senders?",
      "(?:invalid|bad|wrong|incorrect) (?:credentials|log ?in|password|user ?name|api key)",
      "authorization grant|application-specific password",
      "(?:log ?in|smtp ?(?:client)? ?auth\\w*) (?:failed|denied|is disabled)",
    ),
    unless: /temporar/iu,
    meaning: LOGIN,
  },
  {
    words: any(
      String.raw`\bsending (?:has been |is |was )?${INACTIVE}`,
      String.raw`\baccount\b.{0,30}\b${INACTIVE}`,
      String.raw`\b(?:trial|free) accounts?\b|test purposes only|authori[sz]ed recipients|pending approval`,
      String.raw`insufficient (?:funds|balance|credit)|out of credits|payment|unpaid|subscription|licen[cs]e`,
      "configuration set .*not exist",
      // Exchange Online has stopped the sender for spam
      "outboundspamexception",
    ),
    // a trial account may name its allowed recipients
    unless: /mailbox|tried to reach|the user you|the recipient|address rejected/iu,
    meaning: ACCOUNT,
  },
  {
    words: any(
      String.raw`not (?:allowed|authori[sz]ed|permitted|enabled|approved) to (?:send|submit|perform)(?! (?:\w+ ){0,3}to (?:this|the|that|these)\b)`,
      "send.?as.?denied|permissions? to send|send on behalf",
      String.raw`\b(?:sender|return.?path|mail.?from|envelope.?from|identit(?:y|ies)|from'? (?:address|header|domain|identity)|sender signature)\b.*${REFUSED}`,
      String.raw`\baddress(?:es)? (?:is |are )?not (?:verified|confirmed)`,
      String.raw`\bdomain\b.{0,40}\b(?:not (?:allowed|verified|authori[sz]ed|registered|active)|unverified|unregistered)`,
      "bad outbound sender",
    ),
    unless: RECIPIENT,
    meaning: SENDER,
  },
  {
    words: any(
      `client host\\b.*${REFUSED}`,
      `${OURS} (?:ip|host|address|server|network)\\b.*${REFUSED}`,
      String.raw`\b(?:ip|address)\b.{0,40}\b(?:reputation|(?:black|block|deny).?list|not in (?:our |the )?(?:white|allow).?list)`,
      "blocked using|dnsbl|\\brbl\\b|spamhaus|spamcop|barracuda|on our block ?list|banned sending|traffic not accepted",
    ),
    unless: any(RECIPIENT.source, String.raw`\b(?:url|link|attachment|content|body)\b`),
    meaning: BLOCKED,
  },
];

/** A reply code alone, or an enhanced code that servers use for any reason. */
const GENERAL = /^5(?:\d\d|\.[0-3]\.0)$/u;

/** Replies about the recipient or the message. */
const ABOUT_THE_MESSAGE: readonly WordRule[] = [
  // Gmail answers 550 5.2.1 both for a busy mailbox and for a disabled one
  { words: /rate that prevents|too quickly/iu, codes: /^[45]\.2\.1$/u, meaning: MAILBOX_BUSY },
  { words: /size|too (large|big)/iu, codes: /^552$/u, meaning: TOO_LARGE },
  { words: /quota|storage|full/iu, codes: /^552$/u, meaning: MAILBOX_FULL },
  {
    words: /quota|storage|mailbox (?:is )?full/iu,
    codes: /^[45]\.[023]\.0$/u,
    meaning: MAILBOX_FULL,
  },
  {
    words: any(
      "(?:user|recipient) unknown|unknown (?:user|recipient)|no mailbox (?:here )?by that name",
      "(?:no such|invalid) (?:user|recipient|mailbox|address)",
      "(?:mailbox|user|account|address) (?:does not exist|(?:was |could )?not (?:be )?found)",
      String.raw`does(?: not|n['’]t) have an? .{1,40} account`,
      "not found by smtp address lookup",
    ),
    codes: GENERAL,
    meaning: NO_MAILBOX,
  },
  // Exchange Online in front of a directory, and Outlook.com
  {
    words: /recipient address rejected: access denied/iu,
    codes: /^5\.4\.1$/u,
    meaning: NO_MAILBOX,
  },
  {
    words: /requested action not taken: mailbox unavailable/iu,
    codes: /^5\.5\.0$/u,
    meaning: NO_MAILBOX,
  },
  // not "account": a sender's account is suspended more often than a recipient's
  {
    words: /(mailbox|user|recipient) (is )?(disabled|inactive|suspended)/iu,
    codes: GENERAL,
    meaning: DISABLED,
  },
  // gateways that protect the recipient: Mimecast, Barracuda
  { words: /security polic(?:y|ies)|:blocked\b/iu, codes: /^(?:5\d\d|5\.0\.0)$/u, meaning: POLICY },
];

export const SMTP_WORDS: readonly WordRule[] = [
  ...ABOUT_US.map((rule) => ({ ...rule, codes: NOT_THE_RECIPIENTS })),
  ...ABOUT_THE_MESSAGE,
];
