import { createPublicKey, type KeyObject } from "node:crypto";
import { checkComplete, checkPage } from "../decide/evidence/check-pack.ts";
import { checkRows, checkSums } from "../decide/evidence/check-rows.ts";
import { boundHeadPathOf, PAGE } from "../decide/evidence/paths.ts";
import { readPack } from "../decide/evidence/read-pack.ts";
import {
  type Pack,
  type PackBound,
  type PackFiles,
  type PackFlaw,
  PAGE_VERSION,
} from "../domain/evidence/pack.ts";
import { isSignedBy, keyIdOf } from "./tree-signature.ts";

/** The result of a verification. */
export interface VerifiedPack {
  /** The first thing that does not fit; null if everything does. */
  readonly flaw: PackFlaw | null;
  /** Null if the pack cannot be read. */
  readonly pack: Pack | null;
  /** The signer of the head: the holder of the key that was given, or of the key in the pack; null without a signature. */
  readonly signedBy: "givenKey" | "keyInPack" | null;
  /** False if another release has written the page, so that its text was not compared. */
  readonly isPageCompared: boolean;
}

/**
 * Verifies a pack from its files alone. With a key the head must be signed by it; without one, by the key in the pack, which proves
 * that the pack fits together and not who made it.
 */
export function verifyPack(files: PackFiles, key: KeyObject | undefined): VerifiedPack {
  const read = readPack(files);
  if (read.kind === "unreadable")
    return {
      flaw: checkSums(files) ?? read.flaw,
      pack: null,
      signedBy: null,
      isPageCompared: false,
    };
  const { pack } = read;
  const isPageCompared = read.pageVersion === PAGE_VERSION;
  const flaw =
    checkSums(files) ??
    checkRows(pack) ??
    checkHead(pack, key) ??
    checkComplete(pack, files) ??
    (isPageCompared ? pageFlaw(pack, files) : undefined);
  const signer = key === undefined ? "keyInPack" : "givenKey";
  return {
    flaw: flaw ?? null,
    pack,
    signedBy: flaw === undefined && pack.head.signature !== null ? signer : null,
    isPageCompared,
  };
}

/** The states are not proved, so they may have any JSON, from which no page can be written. */
function pageFlaw(pack: Pack, files: PackFiles): PackFlaw | undefined {
  try {
    return checkPage(pack, files);
  } catch {
    return { path: PAGE, long: "The page cannot be written from the rows and states of the pack." };
  }
}

function checkHead({ head, bounds }: Pack, given: KeyObject | undefined): PackFlaw | undefined {
  const { signature, publicKey } = head;
  if (signature === null)
    return given === undefined && bounds.length === 0
      ? undefined
      : { path: "head.sig", long: "The head is not signed." };
  const key = given ?? keyIn(publicKey);
  if (key === undefined) return { path: "public-key.pem", long: "It is not a public key." };
  if (keyIdOf(key) !== head.keyId)
    return {
      path: "head.sig",
      long: `Key ${head.keyId} has signed the head, not key ${keyIdOf(key)}.`,
    };
  const isSigned = (one: Pick<PackBound, "size" | "root" | "madeAt">, by: Buffer): boolean =>
    isSignedBy(
      { size: one.size, root: Buffer.from(one.root, "hex"), madeAt: new Date(one.madeAt) },
      by,
      key,
    );
  const long = "The signature is not that of the head.";
  if (!isSigned(head, signature)) return { path: "head.sig", long };
  const wrong = bounds.find((bound) => !isDate(bound.madeAt) || !isSigned(bound, bound.signature));
  return wrong && { path: boundHeadPathOf(wrong.size, "sig"), long };
}

const isDate = (text: string): boolean => !Number.isNaN(Date.parse(text));

function keyIn(pem: string | null): KeyObject | undefined {
  try {
    return pem === null ? undefined : createPublicKey(pem);
  } catch {
    return undefined;
  }
}
