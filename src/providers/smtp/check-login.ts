import { scrub } from "../../domain/values/scrub.ts";
import { credentialForms } from "../answer/credential-forms.ts";
import { within } from "../answer/deadline.ts";
import { readSmtpFailure, type SmtpFailure } from "./answer.ts";
import { newConnection, startSession } from "./session.ts";
import { readSmtpUrl } from "./url.ts";

/**
 * Connects to the mail server, secures the connection and signs in, and sends nothing. Resolves to null, or to the reason why that
 * failed with the server's words. Never rejects.
 */
export async function checkSmtpLogin(url: string, deadlineMs = 10_000): Promise<string | null> {
  const server = readSmtpUrl(url);
  const connection = newConnection(server);
  try {
    await within(deadlineMs, (deadline) => startSession(connection, server.login, deadline));
    return null;
  } catch (error) {
    const { meaning, seen } = readSmtpFailure(error as SmtpFailure, false);
    const { user, pass } = server.login ?? { user: "", pass: "" };
    const words = [seen.code, seen.enhancedCode, seen.text].filter(Boolean).join(" ");
    return `${meaning.short} (${scrub(words, credentialForms(user, pass))})`;
  } finally {
    connection.quit();
    connection.close();
  }
}
