/** Names a thing by its id, or by the id the lender's own systems know it under. */
export type Reference = { readonly id: string } | { readonly externalId: string };
