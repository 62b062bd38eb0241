import { openTwilioHttp, TwilioCallFailed } from "./http.ts";
import { readTwilioTrouble } from "./answer.ts";
import type { TwilioOptions } from "./twilio.ts";

/**
 * Asks Twilio for the account, and sends nothing. Resolves to null if the account is active, or to the reason why it cannot send.
 * Never rejects.
 */
export async function checkTwilioAccount(
  { accountSid, authToken, apiUrl }: Pick<TwilioOptions, "accountSid" | "authToken" | "apiUrl">,
  deadlineMs = 10_000,
): Promise<string | null> {
  const wire = openTwilioHttp({ apiUrl, slots: 1, deadlineMs });
  try {
    const { body } = await wire.request({
      method: "get",
      uri: `https://api.twilio.com/2010-04-01/Accounts/${encodeURIComponent(accountSid)}.json`,
      username: accountSid,
      password: authToken,
    });
    const status = "status" in body && typeof body.status === "string" ? body.status : "unknown";
    return status === "active" ? null : `the account is ${status}`;
  } catch (error) {
    if (!(error instanceof TwilioCallFailed)) return "no answer";
    const { meaning, seen } = readTwilioTrouble(error.trouble);
    return `${meaning.short} (${seen.code ?? "no code"})`;
  } finally {
    wire.close();
  }
}
