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

export const isSealed = (content: object | null): content is SealedContent =>
  content !== null && "sealed" in content;
