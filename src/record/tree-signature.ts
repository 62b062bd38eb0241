import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";

/** A key that signs heads of the record tree (Ed25519). */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly keyId: string;
}

/** The part of a head that is signed. */
export interface SignedHead {
  readonly size: number;
  readonly root: Buffer;
  readonly madeAt: Date;
}

/** The bytes before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** Reads a key from 32 bytes, as `openssl rand -base64 32` prints them in base64. */
export function readSigningKey(secret: Buffer): SigningKey {
  const key = Buffer.concat([PKCS8_PREFIX, secret]);
  const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey);
  return { privateKey, publicKey, keyId: keyIdOf(publicKey) };
}

/** A public key as SubjectPublicKeyInfo (RFC 8410). */
export const publicBytesOf = (publicKey: KeyObject): Buffer =>
  publicKey.export({ format: "der", type: "spki" });

/** The beginning of the SHA-256 of a public key (hex). */
export const keyIdOf = (publicKey: KeyObject): string =>
  createHash("sha256").update(publicBytesOf(publicKey)).digest("hex").slice(0, 16);

/** The signed text: three lines with the size, the root (hex) and the time (ISO 8601, UTC). docs/record-tree.md shows it. */
const signedText = ({ size, root, madeAt }: SignedHead): Buffer =>
  Buffer.from(`${size}\n${root.toString("hex")}\n${madeAt.toISOString()}\n`);

/** Signs a head; without a key there is no signature. */
export function signHead(
  head: SignedHead,
  key: SigningKey | undefined,
): { readonly keyId: string | null; readonly signature: Buffer | null } {
  if (key === undefined) return { keyId: null, signature: null };
  return { keyId: key.keyId, signature: sign(null, signedText(head), key.privateKey) };
}

/** True if the holder of the key has signed the head. */
export const isSignedBy = (head: SignedHead, signature: Buffer, publicKey: KeyObject): boolean =>
  verify(null, signedText(head), publicKey, signature);
