import { createRequire } from "node:module";
import type { InteractionId } from "../../domain/ids.ts";

/** The path of the status callback below the public URL. */
const STATUS_PATH = "/providers/twilio/status";
/**
 * Connection overrides of Twilio: up to four repeats after any failure. Without them Twilio asks once. They are not part of the
 * signature.
 */
const REPEATS = "#rc=4&rp=all";

/** The URL at which Twilio reports the status of a text. It names the interaction, and Twilio signs it. */
export const statusCallbackUrl = (publicUrl: string, interactionId: InteractionId): string =>
  `${publicUrl.replace(/\/+$/, "")}${STATUS_PATH}?interaction=${interactionId}${REPEATS}`;

/** A request that claims to be Twilio's. */
export interface SignedForm {
  /** The header X-Twilio-Signature. */
  readonly signature: string;
  /** The public URL of the request, with its query as it was received. */
  readonly url: string;
  readonly form: URLSearchParams;
}

/**
 * Returns a check of Twilio's signature, with the function of its library. Any of the tokens may have signed, so that a token
 * can be replaced.
 */
export function createSignatureCheck(
  authTokens: readonly string[],
): (request: SignedForm) => boolean {
  const { validateRequest } = loadWebhooks();
  return ({ signature, url, form }) => {
    const fields = fieldsOf(form);
    // the function throws on a URL that does not parse
    if (signature === "" || !URL.canParse(url)) return false;
    return authTokens.some((token) => validateRequest(token, signature, url, fields));
  };
}

/** Signs a form as Twilio does. The sandbox needs it. */
export const signForm = (
  authToken: string,
  url: string,
  form: Readonly<Record<string, string>>,
): string => loadWebhooks().getExpectedTwilioSignature(authToken, url, form);

/** These functions alone take 15 ms on first use; the whole library takes 150 ms. */
const loadWebhooks = (): typeof import("twilio/lib/webhooks/webhooks.js") =>
  createRequire(import.meta.url)(
    "twilio/lib/webhooks/webhooks.js",
  ) as typeof import("twilio/lib/webhooks/webhooks.js");

/** A repeated field is a list. */
const fieldsOf = (form: URLSearchParams): Record<string, string | string[]> =>
  Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
