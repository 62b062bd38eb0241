import type { GuardEffect } from "../decide/deliver/guard-effect.ts";
import type { Ready } from "../decide/deliver/prepare.ts";
import { channelOf, type Elsewhere, redirectOf } from "../decide/deliver/redirect.ts";
import type { Deps } from "../deps.ts";
import type { InteractionId } from "../domain/ids.ts";
import type { Claim, Withheld } from "../domain/interaction.ts";
import type { Redirect } from "../domain/deliver/redirect.ts";
import { loadRedirectOptions, redirectNotices } from "../store/deliver/redirects.ts";
import type { Db } from "../store/postgres/db.ts";

/** A ready interaction with the data that its claim writes. */
export interface ToClaim {
  readonly ready: Ready;
  readonly claim: Claim;
}

/** A redirect that was made, with the interaction that follows. */
export interface Redirected extends Redirect {
  readonly nextInteractionId: InteractionId;
}

/** The interactions of a batch with the effects of their judgements. */
interface JudgedOnes {
  readonly batch: readonly ToClaim[];
  readonly effects: ReadonlyMap<InteractionId, GuardEffect>;
  readonly now: Date;
}

/** The redirects that were made, and those that a person has to decide about. */
interface Redirecting {
  readonly redirected: readonly Redirected[];
  readonly held: readonly Withheld[];
}

/** Redirects the notices of a batch that a rule sends elsewhere, in the transaction that judged them. */
export async function redirect(
  { lender }: Deps,
  transaction: Db,
  { batch, effects, now }: JudgedOnes,
): Promise<Redirecting> {
  const wishes = batch.flatMap((one) => wishOf(one, effects));
  const options = await loadRedirectOptions(
    transaction,
    wishes.map(({ wish, ready: { facts } }) => ({
      interactionId: wish.interactionId,
      channel: channelOf(wish, facts),
    })),
  );
  const planned = wishes.map(({ wish, ready: { facts }, claim: { contactId } }) => {
    const { left = [], templates = [] } = options.get(wish.interactionId) ?? {};
    return redirectOf(wish, { facts, contactId, left, templates, lender, now });
  });
  const redirects = planned.flatMap((one) => (one.kind === "redirect" ? [one.redirect] : []));
  const made = await redirectNotices(transaction, redirects);
  return {
    redirected: redirects.flatMap((one) => {
      const nextInteractionId = made.get(one.interactionId);
      return nextInteractionId === undefined ? [] : [{ ...one, nextInteractionId }];
    }),
    held: planned.flatMap((one) => (one.kind === "hold" ? [one.withheld] : [])),
  };
}

function wishOf(
  one: ToClaim,
  effects: ReadonlyMap<InteractionId, GuardEffect>,
): readonly (ToClaim & { readonly wish: Elsewhere })[] {
  const effect = effects.get(one.claim.interactionId);
  return effect?.kind === "elsewhere" ? [{ ...one, wish: effect.elsewhere }] : [];
}
