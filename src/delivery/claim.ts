import type { InteractionId } from "../domain/ids.ts";
import { datedMessage } from "../decide/deliver/channels/dated-message.ts";
import type { Ready } from "../decide/deliver/prepare.ts";
import type { DeliveryChannel, Deps } from "../deps.ts";
import { emitRedirected } from "../outcome-events.ts";
import { sealUnlessSame } from "../seal.ts";
import { loadSealedContents } from "../store/deliver/interactions.ts";
import { judgeAndClaim } from "./judge-and-claim.ts";
import { reportWithheld } from "./judge-due.ts";

export type Claimed = Ready & { readonly claimedAt: Date };
export type ClaimedById = ReadonlyMap<InteractionId, Claimed>;

/**
 * Judges interactions by the guard and claims those that it allows. Resolves to the claimed ones once that is committed; two workers
 * cannot both claim one. Interactions that the guard withholds are recorded in the same transaction.
 * Interactions that are already in flight in this process are skipped: only the job that started them releases them.
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
 * Judges reserved interactions and claims those that the guard allows: writes the content, sealed where it is sensitive, and returns
 * the interactions that no other worker had claimed.
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
  const batch = ready.map((one) => ({
    ready: one,
    claim: {
      ...one.claim,
      content: sealUnlessSame(
        deps.seal,
        one.claim.content,
        earlier.get(one.facts.interactionId),
        one.facts,
      ),
      provider: channel.provider.name,
    },
  }));
  const { claimedAt, won, withheld, redirected, lapses } = await judgeAndClaim(deps, batch);
  const name = ready[0]?.facts.channel;
  if (name !== undefined) reportWithheld(deps, name, withheld);
  for (const one of redirected) emitRedirected(deps.emit, one);
  const claimed = ready.filter((one) => won.has(one.facts.interactionId));
  return new Map(
    claimed.map((one) => [
      one.facts.interactionId,
      {
        ...one,
        claimedAt,
        message: datedMessage(one.message, claimedAt, lapses.get(one.facts.interactionId)),
      },
    ]),
  );
}
