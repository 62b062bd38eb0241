import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { Fault } from "./domain/fault.ts";
import { isSealed, type SealedContent } from "./domain/sealed-content.ts";

/** Encrypts sensitive content at rest (AES-256-GCM). */
export interface Seal {
  /** The id of the key that seals. */
  readonly keyId: string;
  seal(content: object): SealedContent;
  /** Throws CONTENT_KEY_UNKNOWN when its key is not at hand, or the content is not what was sealed. */
  unseal(content: SealedContent): object;
}

/** Content as it was before it was sealed, if it was. Throws CONTENT_KEY_UNKNOWN when it cannot be read. */
export function openContent(content: object | null, seal: Seal | undefined): object | null {
  if (!isSealed(content)) return content;
  if (seal === undefined) throw unreadable(content, "CONTENT_KEY is not set");
  return seal.unseal(content);
}

const CIPHER = "aes-256-gcm";
/** NIST SP 800-38D: the initialization vector has 96 bits and is never used twice with one key. */
const IV_BYTES = 12;
const KEY_ID_LENGTH = 12;

const keyIdOf = (key: Buffer): string =>
  createHash("sha256").update(key).digest("hex").slice(0, KEY_ID_LENGTH);

/** Opens a seal on keys of 32 bytes in base64: the first seals, the others only open what they sealed once. None without a key. */
export function openSeal(contentKeys: readonly string[]): Seal | undefined {
  const keys = contentKeys.map((key) => Buffer.from(key, "base64"));
  const [first] = keys;
  if (first === undefined) return undefined;
  const known = new Map(keys.map((key) => [keyIdOf(key), key]));
  const keyId = keyIdOf(first);
  return {
    keyId,
    seal: (content) => sealWith(first, keyId, content),
    unseal(content) {
      const key = known.get(content.sealed.keyId);
      if (key === undefined) throw unreadable(content, "CONTENT_KEY does not hold that key");
      return unsealWith(key, content);
    },
  };
}

function sealWith(key: Buffer, keyId: string, content: object): SealedContent {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv);
  const data = Buffer.concat([cipher.update(JSON.stringify(content), "utf8"), cipher.final()]);
  const base64 = (bytes: Buffer): string => bytes.toString("base64");
  return {
    sealed: { keyId, iv: base64(iv), tag: base64(cipher.getAuthTag()), data: base64(data) },
  };
}

function unsealWith(key: Buffer, content: SealedContent): object {
  const { iv, tag, data } = content.sealed;
  const bytes = (text: string): Buffer => Buffer.from(text, "base64");
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes(iv), { authTagLength: 16 });
    decipher.setAuthTag(bytes(tag));
    const text = Buffer.concat([decipher.update(bytes(data)), decipher.final()]).toString("utf8");
    return JSON.parse(text) as object;
  } catch (error) {
    throw unreadable(content, "it is not what that key sealed", error);
  }
}

const unreadable = ({ sealed }: SealedContent, why: string, cause?: unknown): Fault =>
  new Fault("CONTENT_KEY_UNKNOWN", `content sealed with key ${sealed.keyId}: ${why}`, cause);
