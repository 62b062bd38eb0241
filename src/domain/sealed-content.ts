/** Content that can only be read with the key that sealed it; binary parts in base64. */
export interface SealedContent {
  readonly sealed: {
    /** Begins the SHA-256 of the key: tells keys apart and gives none away. */
    readonly keyId: string;
    readonly iv: string;
    readonly tag: string;
    readonly data: string;
  };
}

export const isSealed = (content: object | null): content is SealedContent =>
  content !== null && "sealed" in content;
