import type { InteractionId } from "../domain/ids.ts";
import type { Ready } from "../decide/deliver/prepare.ts";
import type { DeliveryChannel, Deps } from "../deps.ts";
import { sealIfSensitive } from "../seal.ts";
import { claimInteractions } from "../store/deliver/interactions.ts";

export type Claimed = Ready & { readonly claimedAt: Date };
export type ClaimedById = ReadonlyMap<InteractionId, Claimed>;

/**
 * Claims interactions, and resolves to those that were won once that is committed; two workers cannot both win one. Skips
 * what is in flight in this process already: only the job that started it releases it.
 */
export async function claim(
  deps: Deps,
  channel: DeliveryChannel,
  ready: readonly Ready[],
): Promise<ClaimedById> {
  const reserved = new Set(deps.inFlight.reserve(ready.map(({ facts }) => facts.interactionId)));
  if (reserved.size === 0) return new Map();
  let claimed: ClaimedById = new Map();
  try {
    claimed = await claimReserved(
      deps,
      channel,
      ready.filter(({ facts }) => reserved.has(facts.interactionId)),
    );
  } finally {
    // When the commit is in doubt, all are released: maintenance schedules again what was claimed and never sent.
    deps.inFlight.release([...reserved].filter((id) => !claimed.has(id)));
  }
  return claimed;
}

/** The seam for rules that count what others have reserved: they must hold in the transaction that claims. */
async function claimReserved(
  deps: Deps,
  channel: DeliveryChannel,
  ready: readonly Ready[],
): Promise<ClaimedById> {
  const claimedAt = deps.clock();
  const claims = ready.map((one) => ({
    ...one.claim,
    content: sealIfSensitive(deps.seal, one.claim.content, one.facts),
    provider: channel.provider.name,
  }));
  const won = await claimInteractions(deps.db, deps.workerId, claims, claimedAt);
  const claimed = ready.filter(({ facts }) => won.has(facts.interactionId));
  return new Map(
    claimed.map((one) => [
      one.facts.interactionId,
      { ...one, claimedAt, message: { ...one.message, date: claimedAt } },
    ]),
  );
}
