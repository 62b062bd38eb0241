/** Content that only the key that sealed it can open. Binary parts are in base64. */
export interface SealedContent {
  readonly sealed: {
    /** The beginning of the SHA-256 of the key. It identifies the key without revealing it. */
    readonly keyId: string;
    readonly iv: string;
    readonly tag: string;
    readonly data: string;
  };
}

/** Rows written by SQL may hold any JSON here. */
export const isSealed = (content: unknown): content is SealedContent =>
  typeof content === "object" && content !== null && "sealed" in content;

/** True if all parts of the seal are present. A row written by SQL may have any value under the key `sealed`. */
export function isWellFormed({ sealed }: { readonly sealed: unknown }): boolean {
  if (typeof sealed !== "object" || sealed === null) return false;
  const parts: Readonly<Record<string, unknown>> = { ...sealed };
  return ["keyId", "iv", "tag", "data"].every((part) => typeof parts[part] === "string");
}

/** The faults for which content cannot be opened. */
export const CONTENT_FAULTS = ["CONTENT_KEY_UNKNOWN", "SEAL_BROKEN"] as const;
export type ContentFault = (typeof CONTENT_FAULTS)[number];
