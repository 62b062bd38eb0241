import { describe, expect, test } from "vitest";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import type { ArrivedReceipt } from "../../src/domain/receipts/arrived-receipt.ts";
import { createIntakeSweep } from "../../src/intake-sweep.ts";
import { openSmtp } from "../../src/providers/smtp/smtp.ts";
import { applyWaiting } from "../../src/receipts/applier.ts";
import { createTreeGrower } from "../../src/record/record-tree.ts";
import { refreshPolls } from "../../src/store/receipts/polls.ts";
import { keepReceipts } from "../../src/store/receipts/receipts.ts";
import { countStandings } from "../interactions.ts";
import { openScriptedSmtp } from "../providers/scripted-smtp.ts";
import { runDueJobs } from "../queue.ts";
import { useReportedPlans } from "./reported-plans.ts";

const FEW = 40;

const receiptOf = (interactionId: InteractionId): ArrivedReceipt => ({
  provider: "smtp",
  providerMessageId: null,
  interactionId,
  rawStatus: "delivered",
  code: "2.0.0",
  qualifier: null,
  reportedAt: null,
  payload: null,
});

describe.each([100, 5_000])("planned on %i notices", (notices) => {
  const plans = useReportedPlans(notices);

  test("neither intake nor resolving nor delivery reads a whole table, whatever its size", async () => {
    const peer = await openScriptedSmtp({});
    const provider = openSmtp({
      url: `smtp://127.0.0.1:${peer.port}`,
      slots: 4,
      deadlineMs: 5_000,
    });
    const email = createChannel(provider, readConfig({}).channels.email);
    const deps = plans.deps({ channels: { email } });
    plans.forget();

    await plans.insertChanges("bankruptcy", FEW);
    await runDueJobs(plans, deps);

    expect(await countStandings(plans.pool, "bankruptcy")).toEqual({
      "attempted emailSent 1": FEW,
    });
    expect(plans.count()).toBeGreaterThan(50);
    expect(plans.wholeReads()).toEqual([]);
    await Promise.all([provider.close(), peer.close()]);
  });

  test("neither receipts nor the record tree nor the sweeps read a whole table", async () => {
    const deps = plans.deps();
    const { rows } = await plans.pool.query<{ id: InteractionId }>(
      "select id from tidings.interactions where case_id like 'bankruptcy-%'",
    );
    const receipts = rows.map(({ id }) => receiptOf(id));
    // so that the tree has all but the newest rows
    const grow = createTreeGrower(deps, undefined);
    for (let round = 0; round < 4; round += 1) await grow();
    // Postgres does this by itself at any time, and plans differently afterwards
    await plans.pool.query("analyze");
    plans.forget();

    await keepReceipts(deps.db, receipts);
    await applyWaiting(deps);
    await grow();
    await refreshPolls(deps.db, new Date(0), 60_000);
    await createIntakeSweep(deps)();

    expect(plans.count()).toBeGreaterThan(20);
    expect(plans.wholeReads()).toEqual([]);
  });
});
