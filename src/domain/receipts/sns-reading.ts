/** The meaning of a signed message of Amazon SNS. */
export type SnsReading =
  | { readonly kind: "notification"; readonly message: string }
  | { readonly kind: "confirmation"; readonly subscribeUrl: string }
  /** It is forged, old, of another topic, or of a kind that needs no action. */
  | { readonly kind: "refused" }
  /** Its certificate could not be read now. Amazon SNS sends it again. */
  | { readonly kind: "unverified" };
