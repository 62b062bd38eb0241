import type { Task } from "graphile-worker";
import { settleUnknown } from "../src/decide/settle/settle-unknown.ts";
import type { DeliveryChannel, Deps } from "../src/deps.ts";
import type {
  LookupResult,
  UnknownOutcome,
  UnknownVerdict,
} from "../src/domain/unknown-outcome.ts";
import { noteFindings } from "../src/store/deliver/contact-findings.ts";
import { queueSettlements } from "../src/store/queue/jobs.ts";
import { planNextAttempts } from "../src/store/deliver/next-attempts.ts";
import {
  isOnRecord,
  loadUnknownOutcomes,
  recordFound,
  scheduleNeverSent,
} from "../src/store/settle/unknown-outcomes.ts";

/** ask -> decide -> move: what nobody knew is known, sent again once that is safe, or held for a person. */
export const settleUnknownOutcomes =
  (deps: Deps): Task<"settle_unknown_outcomes"> =>
  async ({ channel, interactionIds, asked }) => {
    const carrier = deps.channels[channel];
    for (const unknown of await loadUnknownOutcomes(deps.db, interactionIds, deps.seal)) {
      const sighting = await lookFor(deps, carrier, unknown);
      const asking = { asked, waits: carrier?.settleWaits ?? [], now: deps.clock() };
      const verdict = settleUnknown(unknown, sighting, asking);
      await act(deps, unknown, verdict, asked);
      deps.emit("interaction.settled", {
        interactionId: unknown.interactionId,
        verdict: verdict.kind,
      });
    }
  };

/**
 * What the provider has may be another interaction's: two who share a number may have been told the same. Undefined where
 * it cannot be asked.
 */
async function lookFor(
  deps: Deps,
  carrier: DeliveryChannel | undefined,
  unknown: UnknownOutcome,
  except: readonly string[] = [],
): Promise<LookupResult | undefined> {
  const sighting = await carrier?.findSent?.(unknown, except);
  if (sighting?.kind !== "found") return sighting;
  if (!(await isOnRecord(deps.db, unknown.channel, sighting.messageId))) return sighting;
  return lookFor(deps, carrier, unknown, [...except, sighting.messageId]);
}

async function act(
  { db, clock }: Deps,
  { interactionId }: UnknownOutcome,
  verdict: UnknownVerdict,
  asked: number,
): Promise<void> {
  switch (verdict.kind) {
    case "known":
      return db.transaction().execute(async (tx) => {
        if (!(await recordFound(tx, interactionId, verdict.found))) return;
        await noteFindings(tx, [
          { interactionId, finding: verdict.found.failure?.finding ?? null },
        ]);
      });
    case "neverSent":
      return void (await scheduleNeverSent(db, interactionId, clock(), "neverTaken"));
    case "resend":
      return void (await planNextAttempts(db, [{ interactionId, dueAt: clock() }]));
    case "askAgain":
      return queueSettlements(db, [interactionId], { runAt: verdict.at, asked: asked + 1 });
    case "hold":
      return;
  }
}
