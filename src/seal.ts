import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { Fault } from "./domain/fault.ts";
import type { InteractionId } from "./domain/ids.ts";
import {
  CONTENT_FAULTS,
  type ContentFault,
  contentInBytes,
  isSealed,
  isWellFormed,
  SEALED_RANDOM_BYTES,
  type SealedContent,
} from "./domain/sealed-content.ts";
import type { Channel } from "./domain/vocabulary.ts";

/** The interaction to which sealed content belongs. Content that was moved to another interaction cannot be opened. */
export interface ContentOwner {
  readonly interactionId: InteractionId;
  readonly channel: Channel;
}

/** Encrypts sensitive content (AES-256-GCM), bound to its interaction. */
export interface Seal {
  /** The id of the key that seals. */
  readonly keyId: string;
  seal(content: object, owner: ContentOwner): SealedContent;
  /**
   * Throws CONTENT_KEY_UNKNOWN if the key is not configured, and SEAL_BROKEN if the content was changed or was sealed
   * for another interaction.
   */
  unseal(content: SealedContent, owner: ContentOwner): object;
  /** The plain bytes, whose SHA-256 is the commitment. Throws as `unseal` does. */
  openBytes(content: SealedContent, owner: ContentOwner): Buffer;
  /** Seals the same content again with the first key. The commitment stays. Throws as `unseal` does. */
  reseal(content: SealedContent, owner: ContentOwner): SealedContent;
}

/** Returns content in the clear, sealed or not. Throws as `Seal.unseal` does, also without a seal. */
export function unsealContent(
  content: object | null,
  seal: Seal | undefined,
  owner: ContentOwner,
): object | null {
  if (!isSealed(content)) return content;
  if (!isWellFormed(content)) throw brokenSeal(owner);
  if (seal === undefined) throw unknownKey(content, owner, "CONTENT_KEY is not set");
  return seal.unseal(content, owner);
}

/** Content, or the fault for which it cannot be opened. */
export interface Opened<Content extends object = object> {
  readonly content: Content | null;
  readonly fault: ContentFault | null;
}

/** Opens one of many contents: one that cannot be opened must not stop the work on the others. */
export const tryUnsealContent = (
  content: object | null,
  seal: Seal | undefined,
  owner: ContentOwner,
): Opened => orFault(() => unsealContent(content, seal, owner));

/** Seals one of many contents again, or returns the fault for which it cannot be opened. */
export const tryReseal = (
  content: SealedContent,
  seal: Seal,
  owner: ContentOwner,
): Opened<SealedContent> => orFault(() => seal.reseal(content, owner));

function orFault<Content extends object>(open: () => Content | null): Opened<Content> {
  try {
    return { content: open(), fault: null };
  } catch (error) {
    const code = error instanceof Fault ? error.code : undefined;
    const fault = CONTENT_FAULTS.find((one) => one === code);
    if (fault === undefined) throw error;
    return { content: null, fault };
  }
}

/**
 * Returns content as it is stored: sealed if it is sensitive and there is a key. Without a key, judging holds sensitive
 * notices back.
 */
export function sealIfSensitive<Content extends object | null>(
  seal: Seal | undefined,
  content: Content,
  { sensitive, ...owner }: ContentOwner & { readonly sensitive: boolean },
): Content | SealedContent {
  if (content === null || !sensitive || seal === undefined) return content;
  return seal.seal(content, owner);
}

/**
 * Content as it is stored by a claim. Content that an earlier claim has sealed with the same key stays as it is, so that the
 * record shows a change only where the content differs.
 */
export function sealUnlessSame<Content extends object>(
  seal: Seal | undefined,
  content: Content,
  earlier: SealedContent | undefined,
  owner: ContentOwner & { readonly sensitive: boolean },
): Content | SealedContent {
  const isSame =
    earlier !== undefined &&
    seal?.keyId === earlier.sealed.keyId &&
    opens(seal, earlier, owner, JSON.stringify(content));
  return isSame ? earlier : sealIfSensitive(seal, content, owner);
}

/** False also for content that was changed, or that is another interaction's. */
function opens(seal: Seal, sealed: SealedContent, owner: ContentOwner, json: string): boolean {
  try {
    return JSON.stringify(seal.unseal(sealed, owner)) === json;
  } catch {
    return false;
  }
}

const CIPHER = "aes-256-gcm";
/** NIST SP 800-38D: 96 random bits, never twice with one key. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const KEY_ID_LENGTH = 12;

const keyIdOf = (key: Buffer): string =>
  createHash("sha256").update(key).digest("hex").slice(0, KEY_ID_LENGTH);

/**
 * `contentKeys` are 32 bytes each, in base64. The first seals; the others only open content that they sealed. Undefined
 * without a key.
 */
export function createSeal(contentKeys: readonly string[]): Seal | undefined {
  const keys = contentKeys.map((key) => Buffer.from(key, "base64"));
  const [first] = keys;
  if (first === undefined) return undefined;
  const known = new Map(keys.map((key) => [keyIdOf(key), key]));
  const keyId = keyIdOf(first);
  const open = (content: SealedContent, owner: ContentOwner): Buffer => {
    if (!isWellFormed(content)) throw brokenSeal(owner);
    const key = known.get(content.sealed.keyId);
    if (key === undefined) throw unknownKey(content, owner, "CONTENT_KEY does not contain it");
    return decrypt(key, content, owner);
  };
  return {
    keyId,
    seal: (content, owner) => encrypt(first, plainBytes(content), owner),
    unseal: (content, owner) => contentIn(open(content, owner), owner),
    openBytes: open,
    reseal: (content, owner) => encrypt(first, open(content, owner), owner),
  };
}

/**
 * Derives a key for another purpose from each content key, in their order (HKDF with SHA-256, RFC 5869). It reveals
 * nothing about the content key and differs for every `purpose`.
 */
export const deriveKeys = (contentKeys: readonly string[], purpose: string): readonly Buffer[] =>
  contentKeys.map((key) =>
    Buffer.from(hkdfSync("sha256", Buffer.from(key, "base64"), "", purpose, KEY_BYTES)),
  );

/** The additional authenticated data. No part can contain the line break that separates them. */
const boundTo = ({ interactionId, channel }: ContentOwner): Buffer =>
  Buffer.from(`tidings.interactions\n${interactionId}\n${channel}`);

/** The bytes that are encrypted: a random part, which keeps the commitment from revealing short content, and JSON. */
const plainBytes = (content: object): Buffer =>
  Buffer.concat([randomBytes(SEALED_RANDOM_BYTES), Buffer.from(JSON.stringify(content), "utf8")]);

function contentIn(plain: Buffer, owner: ContentOwner): object {
  try {
    return contentInBytes(plain);
  } catch (error) {
    throw brokenSeal(owner, error);
  }
}

const commitmentTo = (plain: Buffer): string => createHash("sha256").update(plain).digest("base64");

function encrypt(key: Buffer, plain: Buffer, owner: ContentOwner): SealedContent {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(boundTo(owner));
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  const base64 = (bytes: Buffer): string => bytes.toString("base64");
  return {
    sealed: {
      keyId: keyIdOf(key),
      iv: base64(iv),
      tag: base64(cipher.getAuthTag()),
      data: base64(data),
      commitment: commitmentTo(plain),
    },
  };
}

function decrypt(key: Buffer, content: SealedContent, owner: ContentOwner): Buffer {
  const plain = decryptUnchecked(key, content, owner);
  // A holder of the key can encrypt other content. It does not fit the commitment, which the database keeps.
  if (commitmentTo(plain) !== content.sealed.commitment) throw brokenSeal(owner);
  return plain;
}

function decryptUnchecked(key: Buffer, { sealed }: SealedContent, owner: ContentOwner): Buffer {
  const bytes = (text: string): Buffer => Buffer.from(text, "base64");
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes(sealed.iv), { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(owner)).setAuthTag(bytes(sealed.tag));
    return Buffer.concat([decipher.update(bytes(sealed.data)), decipher.final()]);
  } catch (error) {
    throw brokenSeal(owner, error);
  }
}

const brokenSeal = (owner: ContentOwner, cause?: unknown): Fault =>
  new Fault("SEAL_BROKEN", `content of interaction ${owner.interactionId}`, cause);

const unknownKey = ({ sealed }: SealedContent, owner: ContentOwner, why: string): Fault =>
  new Fault(
    "CONTENT_KEY_UNKNOWN",
    `content of interaction ${owner.interactionId} is sealed with key ${sealed.keyId}: ${why}`,
  );
