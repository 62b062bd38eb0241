import { expect, test } from "vitest";
import { evidencePage } from "../../../src/decide/evidence/page.ts";
import type { PackAttempt, PackRow } from "../../../src/domain/evidence/pack.ts";

const HASH = "0".repeat(64);
const row = (source: PackRow["source"], id: number, columns: object): PackRow => ({
  source,
  id: String(id),
  index: id,
  leaf: HASH,
  text: JSON.stringify({ leaf_of: source, id, ...columns }),
  isRedacted: false,
  proof: [],
  bound: null,
});
const transition = (id: number, interactionId: number, columns: object = {}): PackRow =>
  row("transitions", id, {
    interaction_id: interactionId,
    moved_at: "2031-03-04T15:20:00+00:00",
    moved_by: "w-1",
    from_status: null,
    to_status: "scheduled",
    to_status_details: null,
    evidence: null,
    ...columns,
  });
const attempt = (interactionId: string, receiptIds: readonly string[] = []): PackAttempt => ({
  interactionId,
  receiptIds,
  openState: null,
  message: null,
  opened: null,
});

const pageOf = (rows: readonly PackRow[], attempts: readonly PackAttempt[]): string =>
  evidencePage({
    version: 2,
    subject: { kind: "interaction", id: "1" },
    head: {
      size: 9,
      root: HASH,
      madeAt: "2031-03-04T16:00:00.000Z",
      keyId: null,
      signature: null,
      publicKey: null,
    },
    bounds: [],
    rows,
    attempts,
    templates: [],
  });

test("the page says by which rule a notice was redirected, from whom to whom, and which interaction replaced it", () => {
  const redirect = row("redirects", 1, {
    interaction_id: 1,
    next_interaction_id: 2,
    chain_id: 1,
    redirected_at: "2031-03-04T15:20:00+00:00",
    redirected_by: "w-1",
    rule_id: "attorney.represented",
    from_contact_id: "CT-1",
    to_contact_id: "CT-2",
  });
  const page = pageOf([transition(1, 1), transition(2, 2), redirect], [attempt("1"), attempt("2")]);
  expect(page).toContain(
    'w-1 redirected the notice from contact CT-1 to contact CT-2 by rule attorney.represented. This interaction was canceled, and <a href="#attempt-2">interaction 2</a> replaced it.',
  );
  expect(page.match(/<h4>Redirected/g)).toHaveLength(1);
});

test("a status that a receipt has changed has the times of the provider, of the arrival and of the record", () => {
  const receipt = row("receipts", 7, {
    provider: "twilio",
    raw_status: "delivered",
    reported_at: "2031-03-04T15:00:00+00:00",
    received_at: "2031-03-04T15:10:00+00:00",
  });
  const moved = transition(1, 1, { to_status: "succeeded", evidence: { receiptId: "7" } });
  const page = pageOf([moved, receipt], [attempt("1", ["7"])]);
  expect(page).toContain(
    '<td data-head="happened">Tue 2031-03-04 15:00:00 UTC</td><td data-head="learned">Tue 2031-03-04 15:10:00 UTC</td><td data-head="recorded">Tue 2031-03-04 15:20:00 UTC</td>',
  );
});

test("a notice that was held says by which rules, who decided and why; a consent and a finding are on it", () => {
  const columns = { interaction_id: 1, contact_id: "CT-1", reason: "the page" };
  const page = pageOf(
    [
      transition(1, 1),
      row("holds", 4, {
        interaction_id: 1,
        held_at: "2031-03-04T15:00:00+00:00",
        rule_ids: ["bk.stay"],
      }),
      row("recordChanges", 5, {
        table_name: "holds",
        row_id: "4",
        changed_at: "2031-03-04T16:00:00+00:00",
        actor: "operator:kim",
        changes: { decision: { to: "released" }, reason: { to: "Asked counsel" } },
      }),
      row("consentRecords", 1, {
        ...columns,
        change: "optOut",
        scope: "collection",
        source: "link",
        recorded_at: "2031-03-04T17:00:00+00:00",
        recorded_by: "w-1",
      }),
      row("contactEvents", 1, {
        ...columns,
        occurred_at: "2031-03-04T17:00:00+00:00",
        kind: "optedOut",
        code: null,
        withdraws_id: null,
      }),
    ],
    [attempt("1")],
  );
  expect(page).toContain(
    '<td data-head="rules">bk.stay</td><td data-head="decided">Tue 2031-03-04 16:00:00 UTC by operator:kim</td><td data-head="decision">released: Asked counsel</td>',
  );
  expect(page).toContain("optOut of collection messages to contact CT-1, by link");
  expect(page).toContain('<td data-head="what">optedOut the page</td>');
});
