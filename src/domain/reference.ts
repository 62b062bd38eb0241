/** A reference by id, or by the id in the lender's own systems. */
export type Reference<Id extends string = string> =
  | { readonly id: Id }
  | { readonly externalId: string };
