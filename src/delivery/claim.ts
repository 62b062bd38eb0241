import type { InteractionId } from "../domain/ids.ts";
import type { Ready } from "../decide/deliver/prepare.ts";
import type { DeliveryChannel, Deps } from "../deps.ts";
import { sealUnlessSame } from "../seal.ts";
import { claimInteractions, loadSealedContents } from "../store/deliver/interactions.ts";

export type Claimed = Ready & { readonly claimedAt: Date };
export type ClaimedById = ReadonlyMap<InteractionId, Claimed>;

/**
 * Claims interactions, and resolves to the claimed ones once the claim is committed; two workers cannot both claim one.
 * Skips interactions that are already in flight in this process: only the job that started them releases them.
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
    // If it is unknown whether the commit succeeded, all are released: maintenance schedules again those that were
    // claimed and never sent.
    deps.inFlight.release([...reserved].filter((id) => !claimed.has(id)));
  }
  return claimed;
}

/**
 * Claims reserved interactions: writes the content, sealed where it is sensitive, and returns the interactions that no other worker
 * had claimed.
 */
async function claimReserved(
  deps: Deps,
  channel: DeliveryChannel,
  ready: readonly Ready[],
): Promise<ClaimedById> {
  const again = ready.filter(({ facts }) => facts.sensitive && facts.claims > 0);
  const earlier = await loadSealedContents(
    deps.db,
    again.map(({ facts }) => facts.interactionId),
  );
  const claimedAt = deps.clock();
  const claims = ready.map((one) => ({
    ...one.claim,
    content: sealUnlessSame(
      deps.seal,
      one.claim.content,
      earlier.get(one.facts.interactionId),
      one.facts,
    ),
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
