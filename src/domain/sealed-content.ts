/** Content that only the key that sealed it can open. Binary parts are in base64. */
export interface SealedContent {
  readonly sealed: {
    /** The beginning of the SHA-256 of the key. It identifies the key without revealing it. */
    readonly keyId: string;
    readonly iv: string;
    readonly tag: string;
    readonly data: string;
    /**
     * SHA-256 of the plain bytes, which begin with 32 random bytes: it reveals nothing, and no other content fits it. It
     * stays when another key seals the content again, so the database can refuse other content.
     */
    readonly commitment: string;
  };
}

/** Rows written by SQL may hold any JSON here. */
export const isSealed = (content: unknown): content is SealedContent =>
  typeof content === "object" && content !== null && "sealed" in content;

/** True if all parts of the seal are present. A row written by SQL may have any value under the key `sealed`. */
export function isWellFormed({ sealed }: { readonly sealed: unknown }): boolean {
  if (typeof sealed !== "object" || sealed === null) return false;
  const parts: Readonly<Record<string, unknown>> = { ...sealed };
  return ["keyId", "iv", "tag", "data", "commitment"].every(
    (part) => typeof parts[part] === "string",
  );
}

/** The plain bytes of sealed content begin with so many random bytes, which keep the commitment from revealing short content. */
export const SEALED_RANDOM_BYTES = 32;

/** Reads the content in the plain bytes of sealed content. Throws SyntaxError if they are not JSON. */
export const contentInBytes = (plain: Buffer): object =>
  JSON.parse(plain.toString("utf8", SEALED_RANDOM_BYTES)) as object;

/** The faults for which content cannot be opened. */
export const CONTENT_FAULTS = ["CONTENT_KEY_UNKNOWN", "SEAL_BROKEN"] as const;
export type ContentFault = (typeof CONTENT_FAULTS)[number];
