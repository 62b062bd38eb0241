import { nearestWord } from "../domain/values/did-you-mean.ts";
import { type Environment, isProtected, SETTINGS } from "./environment.ts";
import { SECRETS } from "./secrets.ts";

/**
 * Settings that live delivery needs together. If only some of them are set, it is a fault; if none is set, the channel
 * is not carried.
 */
const TOGETHER: readonly (readonly (keyof Environment)[])[] = [
  ["SMTP_URL", "EMAIL_FROM"],
  ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"],
];

const TOKENS_TOGETHER = [["OAUTH_JWKS_URL", "OAUTH_ISSUER", "OAUTH_AUDIENCE"]] as const;

const findMissing = (
  env: Environment,
  groups: readonly (readonly (keyof Environment)[])[],
): string[] =>
  groups
    .filter((group) => group.some((name) => env[name] !== undefined))
    .flatMap((group) => group.filter((name) => env[name] === undefined))
    .map((name) => `${name} is missing`);

/** A local part has at most 64 characters (RFC 5321), and the token of a message up to 31. */
const fitsToken = (address = ""): boolean => /^[^+@]{1,30}@/u.test(address);

/** Settings that are missing or do not fit together, in sentences that name no value. */
export const findGaps = (env: Environment): string[] =>
  env.DELIVERY === "live" ? [...generalGaps(env), ...liveGaps(env)] : generalGaps(env);

function generalGaps(env: Environment): string[] {
  const gaps = findMissing(env, TOKENS_TOGETHER);
  if (env.EMAIL_BOUNCE_TOKENS === "yes" && !fitsToken(env.EMAIL_BOUNCE_ADDRESS))
    gaps.push(
      "EMAIL_BOUNCE_TOKENS needs EMAIL_BOUNCE_ADDRESS, without a + and with at most 30 characters before the @",
    );
  if (env.LENDER_COUNTRY !== "US" && !env.LENDER_PHONE.startsWith("+"))
    gaps.push("LENDER_PHONE must begin with + and the country's code");
  return gaps;
}

function liveGaps(env: Environment): string[] {
  const gaps = findMissing(env, TOGETHER);
  if (env.SMTP_URL === undefined && env.TWILIO_ACCOUNT_SID === undefined)
    gaps.push(
      "DELIVERY=live needs SMTP_URL and EMAIL_FROM, or TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or both",
    );
  if (
    env.TWILIO_ACCOUNT_SID !== undefined &&
    (env.TWILIO_FROM ?? env.TWILIO_MESSAGING_SERVICE_SID) === undefined
  )
    gaps.push("TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID is missing");
  if (env.TWILIO_API_URL !== undefined && !isProtected(env.TWILIO_API_URL))
    gaps.push(
      "TWILIO_API_URL must be an https URL, because the auth token, numbers and texts would leave in clear text",
    );
  return gaps;
}

/** Variables of other programs whose names are near ours. */
const OF_OTHERS = new Set(["HTTP_PROXY", "HTTPS_PORT", "HTTPS_HOST", "HTTP_HOSTS"]);
/** Shorter names are near too many others. */
const SHORTEST_NAME = 6;
const MOST_TYPING_ERRORS = 2;

/**
 * Variables that look like a setting that is not set. The environment has variables of other programs, so only what differs by a typing
 * error or two counts.
 */
export function findMisspelled(given: object): readonly string[] {
  const settings = [...SETTINGS, ...SECRETS.map((name) => `${name}_FILE`)];
  const unknown = Object.keys(given).filter(
    (name) => name.length >= SHORTEST_NAME && !settings.includes(name) && !OF_OTHERS.has(name),
  );
  return unknown.flatMap((name) => {
    const near = nearestWord(name, settings, MOST_TYPING_ERRORS);
    return near === undefined || near in given ? [] : [`${name}: did you mean ${near}?`];
  });
}
