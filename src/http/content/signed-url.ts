import { createHmac, timingSafeEqual } from "node:crypto";
import type { HttpDeps } from "../core/deps.ts";

type Signing = Pick<HttpDeps, "signingKey" | "clock">;

const signatureOf = (key: Buffer, path: string, expires: string): Buffer =>
  createHmac("sha256", key).update(`${expires}\n${path}`).digest();

/** The path with its expiry and signature: whoever holds it may fetch it until then, without a key. */
export function signPath(
  { signingKey }: Pick<Signing, "signingKey">,
  path: string,
  expiresAt: Date,
): string {
  const expires = String(Math.floor(expiresAt.getTime() / 1_000));
  const signature = signatureOf(signingKey, path, expires).toString("base64url");
  return `${path}?expires=${expires}&signature=${signature}`;
}

/** How a signed path came back. */
export interface Signed {
  /** As it was signed: without its query. */
  readonly path: string;
  readonly expires: string;
  readonly signature: string;
}

/** Whether we signed this path with this expiry, and it is not over. In constant time. */
export function checkSigned(
  { signingKey, clock }: Signing,
  { path, expires, signature }: Signed,
): "valid" | "expired" | "forged" {
  const right = signatureOf(signingKey, path, expires);
  const given = Buffer.from(signature, "base64url");
  const isRight = given.length === right.length && timingSafeEqual(given, right);
  if (!isRight) return "forged";
  return Number(expires) * 1_000 > clock().getTime() ? "valid" : "expired";
}
