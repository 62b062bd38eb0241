import type { LeafSource } from "../tree/leaf-sources.ts";

/** The name and version of the layout of a pack. Packs of earlier versions stay verifiable. */
export const PACK_FORMAT = "tidings-evidence";
export const PACK_VERSION = 2;
/** The version of the page. A pack whose page has another version is verified without its page being written again. */
export const PAGE_VERSION = 2;

/** The subject of a pack. */
export interface PackSubject {
  readonly kind: "case" | "borrower" | "interaction";
  readonly id: string;
}

/** The head of the record tree that proves the rows. */
export interface PackHead {
  readonly size: number;
  /** In hex. */
  readonly root: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly keyId: string | null;
  readonly signature: Buffer | null;
  /** The key of the head as PEM; null without a signature. */
  readonly publicKey: string | null;
}

/** One step from a leaf to the root, in hex. */
export interface PackStep {
  readonly side: "left" | "right";
  readonly hash: string;
}

/** A row of the record as it is in the tree. */
export interface PackRow {
  readonly source: LeafSource;
  readonly id: string;
  /** Its place in the tree. */
  readonly index: number;
  /** The hash of its leaf, in hex. */
  readonly leaf: string;
  /** The text of the row. */
  readonly text: string;
  /** True if the text has parts that are not shown: then it is not the text of the leaf, and only the hash of the leaf is proved. */
  readonly isRedacted: boolean;
  /** From the leaf upwards. */
  readonly proof: readonly PackStep[];
  /** The path to the root of the first earlier head that has it and that the key of the pack's head has signed; null if there is none. */
  readonly bound: { readonly size: number; readonly proof: readonly PackStep[] } | null;
}

/** An earlier head that bounds when rows were committed. */
export interface PackBound {
  readonly size: number;
  /** In hex. */
  readonly root: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  /** By the key of the head of the pack. */
  readonly signature: Buffer;
}

/** One attempt to communicate, or a communication that others logged. */
export interface PackAttempt {
  readonly interactionId: string;
  /** The rows of receipts about it. */
  readonly receiptIds: readonly string[];
  /** Its state if the rows do not have it, because it has not ended, or because others logged it and changed its content later. */
  readonly openState: string | null;
  /** The bytes that were sent; null if the record cannot produce them, or they are not shown. */
  readonly message: PackMessage | null;
  /** The plain bytes of sealed content, whose SHA-256 is the commitment in its row; null if it is not shown. */
  readonly opened: Buffer | null;
}

export interface PackMessage {
  readonly extension: "eml" | "txt";
  readonly bytes: Buffer;
}

/** The texts of a template version, as the JSON whose SHA-256 is its content hash. */
export interface PackTemplate {
  readonly id: number;
  readonly version: number;
  readonly text: string;
}

/** Everything that a pack states. Its files follow from it. */
export interface Pack {
  /** The version of its layout. Since version 2 it has the rows of logged interactions, and bounds. */
  readonly version: number;
  readonly subject: PackSubject;
  readonly head: PackHead;
  /** The heads that the bounds of the rows name, the smallest first. */
  readonly bounds: readonly PackBound[];
  readonly rows: readonly PackRow[];
  readonly attempts: readonly PackAttempt[];
  readonly templates: readonly PackTemplate[];
}

/** The files of a pack by their path. */
export type PackFiles = ReadonlyMap<string, Buffer>;

/** The first thing in a pack that does not fit. */
export interface PackFlaw {
  /** The path of the file, and of the row where it is one. */
  readonly path: string;
  /** A sentence without personal data. */
  readonly long: string;
}
