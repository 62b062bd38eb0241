import type { SMTPConnectionOptions } from "nodemailer/lib/smtp-connection";
import { isLoopback } from "../../domain/loopback.ts";

/** The mail submission server and the login. */
export interface MailServer {
  readonly options: SMTPConnectionOptions;
  readonly login: { readonly user: string; readonly pass: string } | null;
}

/**
 * Reads `smtp[s]://user:password@host:port?requireTLS=&rejectUnauthorized=&name=`. `smtps` is TLS from the start.
 * `smtp` requires STARTTLS of every host but this one, because customer information may cross external networks only
 * encrypted (16 CFR 314.4(c)(3)); `requireTLS=false` is for a relay on the lender's own network. Throws on anything
 * else. The error repeats nothing of the URL, which contains a password.
 */
export function readSmtpUrl(url: string): MailServer {
  if (!URL.canParse(url)) throw new Error("the SMTP URL cannot be read");
  const { protocol, hostname, port, username, password, searchParams } = new URL(url);
  if (protocol !== "smtp:" && protocol !== "smtps:")
    throw new Error("the SMTP URL is not smtp:// or smtps://");
  const unknown = [...searchParams.keys()].find(
    (key) => !["requireTLS", "rejectUnauthorized", "name"].includes(key),
  );
  if (unknown !== undefined)
    throw new Error(`the SMTP URL has a parameter that is not known: ${unknown}`);

  const host = hostname.replace(/^\[(.*)\]$/u, "$1");
  const secure = protocol === "smtps:";
  const name = searchParams.get("name");
  const options: SMTPConnectionOptions = {
    host,
    secure,
    requireTLS: !secure && readSwitch(searchParams, "requireTLS", !isLoopback(host)),
    tls: { rejectUnauthorized: readSwitch(searchParams, "rejectUnauthorized", true) },
    ...(port !== "" && { port }),
    ...(name !== null && { name }),
  };
  const login =
    username === ""
      ? null
      : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  return { options, login };
}

function readSwitch(parameters: URLSearchParams, name: string, otherwise: boolean): boolean {
  const value = parameters.get(name);
  if (value === null) return otherwise;
  if (value !== "true" && value !== "false")
    throw new Error(`${name} in the SMTP URL is neither true nor false`);
  return value === "true";
}
