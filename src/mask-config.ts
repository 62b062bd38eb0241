import type { Config, HttpConfig } from "./config.ts";
import { hostsOf } from "./domain/values/database-hosts.ts";

/** Shows protocol, host and path only: credentials may also be in a query or a fragment. */
function maskUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

const maskHttp = ({ publicUrl, tokens, ...rest }: HttpConfig): HttpConfig => ({
  ...rest,
  publicUrl: publicUrl && maskUrl(publicUrl),
  tokens: tokens && {
    ...tokens,
    jwksUrl: maskUrl(tokens.jwksUrl),
    issuer: maskUrl(tokens.issuer),
  },
});

/** The configuration in a form that may be shown: no password, no token, no sender's address. */
export function maskConfig(config: Config): object {
  const { email, text, lender, senders: _senders, bounceAddress: _bounces, ...rest } = config;
  return {
    ...rest,
    recipientsAllowed: config.recipientsAllowed && `${config.recipientsAllowed.length} patterns`,
    contentKeys: `${config.contentKeys.length} keys`,
    signingKey: config.signingKey && "***",
    databaseUrl:
      config.databaseUrl === undefined
        ? "embedded"
        : hostsOf(config.databaseUrl).map(maskUrl).join(" "),
    http: config.http && maskHttp(config.http),
    publicUrl: config.publicUrl && maskUrl(config.publicUrl),
    imapUrl: config.imapUrl && maskUrl(config.imapUrl),
    relays: Object.keys(config.relays),
    // the log redacts a field called text, because it could be the text of a message
    smtp: email && { url: maskUrl(email.url) },
    twilio: text && {
      apiUrl: maskUrl(text.apiUrl ?? "https://api.twilio.com"),
      accountSid: "***",
      authToken: "***",
    },
    timeZone: lender.timeZone,
    languages: lender.languages,
  };
}
