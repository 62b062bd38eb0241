/** A reference by id, or by the id in the lender's own systems. */
export type Reference = { readonly id: string } | { readonly externalId: string };
