import { createHmac, timingSafeEqual } from "node:crypto";
import type { HttpDeps } from "../core/deps.ts";

/** The permission of a signed URL: to fetch this path until `expires`. */
export interface Permission {
  readonly path: string;
  /** Unix time in seconds. */
  readonly expires: string;
  /** The id of the URL, under which its use is recorded. */
  readonly urlId: string;
}

const signatureOf = (key: Buffer, { path, expires, urlId }: Permission): Buffer =>
  createHmac("sha256", key).update(`${path}\n${expires}\n${urlId}`).digest();

/** Returns the path with its expiry, id and signature. Until the expiry the path can be fetched without a key. */
export function signPath(
  { signingKeys: [key] }: Pick<HttpDeps, "signingKeys">,
  { path, urlId, expiresAt }: Pick<Permission, "path" | "urlId"> & { readonly expiresAt: Date },
): string {
  if (key === undefined) throw new Error("there is no key to sign with");
  const expires = String(Math.floor(expiresAt.getTime() / 1_000));
  const signature = signatureOf(key, { path, expires, urlId }).toString("base64url");
  return `${path}?expires=${expires}&urlId=${urlId}&signature=${signature}`;
}

/** True if one of our keys signed this permission and it has not expired. Compares in constant time. */
export function checkSignature(
  { signingKeys, clock }: Pick<HttpDeps, "signingKeys" | "clock">,
  permission: Permission,
  signature: string,
): "valid" | "expired" | "forged" {
  const given = Buffer.from(signature, "base64url");
  const isSigned = signingKeys.some((key) => isEqual(given, signatureOf(key, permission)));
  if (!isSigned) return "forged";
  return Number(permission.expires) * 1_000 > clock().getTime() ? "valid" : "expired";
}

const isEqual = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);
