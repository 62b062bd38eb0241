import { createPublicKey, type KeyObject } from "node:crypto";
import { type Frontier, type Hash, rootOf } from "../decide/tree/merkle.ts";
import type { NotedKey, TreeHead } from "../store/tree/heads.ts";
import { isSignedBy, keyIdOf } from "./tree-signature.ts";

/** A head from the logs, which the database cannot change. */
export interface LoggedHead extends Pick<TreeHead, "size" | "root" | "keyId" | "signature"> {
  /** ISO 8601, UTC, as the log line has it; null if the line does not have it. */
  readonly madeAt: string | null;
}

/** A difference of the heads. */
export interface HeadFlaw {
  readonly kind: "rootDiffers" | "headDiffers" | "headMissing" | "signatureWrong";
  readonly size: number;
  readonly long: string;
}

/** The keys that may have signed a head. If a key is given, only that one. */
export interface HeadKeys {
  readonly given: KeyObject | undefined;
  readonly noted: ReadonlyMap<string, KeyObject>;
}

/** Reads the public keys of the database. `wrong` names those that do not fit their ids; `noted` leaves them out. */
export function readNotedKeys(keys: readonly NotedKey[]): {
  readonly noted: Map<string, KeyObject>;
  readonly wrong: readonly string[];
} {
  const noted = new Map<string, KeyObject>();
  const wrong: string[] = [];
  for (const { keyId, publicKey } of keys) {
    const key = keyOf(publicKey);
    if (key !== undefined && keyIdOf(key) === keyId) noted.set(keyId, key);
    else wrong.push(keyId);
  }
  return { noted, wrong };
}

function keyOf(bytes: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: bytes, format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}

/** Compares a head of the database with the tree at its size, and with its signature. */
export function checkHead(head: TreeHead, frontier: Frontier, keys: HeadKeys): HeadFlaw[] {
  const { size } = head;
  if (size !== frontier.size || !head.root.equals(rootOf(frontier)))
    return [
      {
        kind: "rootDiffers",
        size,
        long: "The leaves do not give the root that is kept for this size.",
      },
    ];
  return isSigned(head, keys)
    ? []
    : [{ kind: "signatureWrong", size, long: "The head is not signed by the holder of the key." }];
}

/** True if the head has the signature that it must have. Without a given key, a head may be unsigned. */
function isSigned(head: TreeHead, { given, noted }: HeadKeys): boolean {
  const { keyId, signature } = head;
  if (given === undefined && keyId === null && signature === null) return true;
  const key = given ?? noted.get(keyId ?? "");
  return (
    key !== undefined &&
    signature !== null &&
    keyIdOf(key) === keyId &&
    isSignedBy(head, signature, key)
  );
}

/** Compares a head of the logs with the tree at its size, and with the head of the database. */
export function checkLogged(
  logged: LoggedHead,
  root: Hash,
  kept: TreeHead | undefined,
): HeadFlaw[] {
  const { size } = logged;
  if (!logged.root.equals(root))
    return [
      { kind: "rootDiffers", size, long: "The leaves do not give the root that is in the logs." },
    ];
  const isSame =
    kept !== undefined &&
    (logged.madeAt === null || logged.madeAt === kept.madeAt.toISOString()) &&
    logged.keyId === kept.keyId &&
    logged.signature?.toString("base64") === kept.signature?.toString("base64");
  return isSame
    ? []
    : [{ kind: "headDiffers", size, long: "The head is not as it is in the logs." }];
}
