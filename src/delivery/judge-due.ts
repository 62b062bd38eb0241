import type { InteractionId } from "../domain/ids.ts";
import { prepareSet, type PreparedSet } from "../decide/deliver/prepare.ts";
import type { DeliveryChannel, Deps } from "../deps.ts";
import type { Withheld } from "../domain/interaction.ts";
import type { Channel } from "../domain/vocabulary.ts";
import { emitWithheld } from "../outcome-events.ts";
import { loadFactSheets } from "../store/deliver/fact-sheets.ts";
import { withholdInteractions } from "../store/deliver/interactions.ts";

/** Judges the interactions of a job on facts loaded now. Writes nothing; an interaction that is no longer scheduled is left out. */
export async function judgeDue(
  deps: Deps,
  { loadSize }: DeliveryChannel,
  interactionIds: readonly InteractionId[],
): Promise<PreparedSet> {
  const began = performance.now();
  const { db, clock, lender, senders, links, linkKeys, recipientsAllowed, seal } = deps;
  const sheets = await loadFactSheets(db, interactionIds);
  const findTemplate = await deps.loadTemplates(sheets);
  const canSeal = seal !== undefined;
  const context = { lender, senders, links, linkKeys, recipientsAllowed, canSeal, now: clock() };
  const prepared = prepareSet(sheets, findTemplate, context);
  loadSize.loaded(interactionIds.length, performance.now() - began);
  return prepared;
}

/** Records the interactions that judging withheld, and why. */
export async function withhold(
  deps: Deps,
  channel: Channel,
  withheld: readonly Withheld[],
): Promise<void> {
  const moved = await withholdInteractions(deps.db, withheld);
  reportWithheld(
    deps,
    channel,
    withheld.filter(({ interactionId }) => moved.has(interactionId)),
  );
}

/** Reports withheld interactions once that is committed. */
export function reportWithheld(
  { emit, channels }: Pick<Deps, "emit" | "channels">,
  channel: Channel,
  withheld: readonly Withheld[],
): void {
  const postponed = withheld.flatMap(({ interactionId, ruleId, until }) =>
    until === null ? [] : [{ interactionId, ruleId, until }],
  );
  channels[channel]?.postponed.add(emit, channel, postponed);
  for (const one of withheld) if (one.until === null) emitWithheld(emit, one);
}
