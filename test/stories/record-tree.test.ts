import { createPublicKey } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { verify } from "../../src/commands/verify/verify.ts";
import type { EmittedEvent } from "../../src/domain/events.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import type { AttemptOutcome } from "../../src/domain/interaction.ts";
import { createTreeGrower } from "../../src/record/record-tree.ts";
import { createRecorder } from "../../src/store/deliver/recorder.ts";
import { readIdsGiven } from "../../src/store/tree/leaves.ts";
import { markOrphansUnknown } from "../../src/store/settle/recovery.ts";
import { readSigningKey } from "../../src/record/tree-signature.ts";
import { runOn } from "../commands/run.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { insertInteraction, insertLogged } from "../interactions.ts";
import { insertChanges, insertLender } from "../lender.ts";

const database = useDatabase();
const { pool, db } = database;
const signingKey = readSigningKey(Buffer.alloc(32, 7));

const CLAIMED = new Date("2031-03-03T14:00:00Z");
let heads: EmittedEvent[] = [];
let now = new Date("2031-03-03T15:00:00Z");
const grower = () =>
  createTreeGrower(
    {
      db,
      clock: () => now,
      emit: (event, fields) => void heads.push({ event, fields } as unknown as EmittedEvent),
    },
    signingKey,
  );

/** Enough rounds, a minute apart, for every committed row to be a leaf below the ids that are complete. */
async function growAll(grow = grower()): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    now = new Date(now.getTime() + 61_000);
    await grow();
  }
}

/** Grows until all ids are complete. Until then a transaction of any database of the cluster may be open. */
async function growUntilComplete(grow = grower()): Promise<void> {
  const isComplete = `select bool_and((s.swept->>l.source)::bigint >= l.last_id) as is_complete
    from tidings.tree_state s cross join tidings.record_leaf_ids l`;
  const growAndLook = async (): Promise<boolean | undefined> => {
    await growAll(grow);
    return (await pool.query<{ is_complete: boolean }>(isComplete)).rows[0]?.is_complete;
  };
  await expect.poll(growAndLook).toBe(true);
}

interface Document {
  readonly leaves: number;
  readonly root: string;
  readonly heads: number;
  readonly flaws: number;
  readonly listed: readonly object[];
}

async function verifying(...words: readonly string[]): Promise<Document & { code: number }> {
  const { code, output } = await runOn(database, verify, "--json", ...words);
  return { code, ...(JSON.parse(output) as Document) };
}

let folder: string;
async function fileOf(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}
const logOf = (): Promise<string> =>
  fileOf(
    "tidings.log",
    heads
      .map(
        ({ event, fields }) => `tidings | ${JSON.stringify({ level: "info", event, ...fields })}`,
      )
      .join("\n"),
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "record-tree-"));
  await insertLender(pool);
});

let change: string;
let interaction: string;

/** A change with a notice that was sent, and a logged call whose subject was edited. */
beforeEach(async () => {
  heads = [];
  await rewriteRecord(
    pool,
    `truncate tidings.tree_leaves, tidings.tree_heads, tidings.interactions, tidings.interaction_transitions, tidings.case_changes, tidings.guard_policy_changes, tidings.erasures cascade;
     delete from tidings.record_changes where table_name in ('interactions', 'inbound_messages');
     update tidings.tree_state set size = 0, frontier = '', swept = '{}'`,
  );
  [change = ""] = await insertChanges(pool, [{ caseId: "CS-1", status: "initiated" }]);
  interaction = await insertInteraction(pool, { caseChangeId: change, status: "inProgress" });
  await pool.query(
    `update tidings.interactions set status = 'attempted', status_details = 'emailSent', content_sha256 = repeat('ab', 32) where id = ${interaction}`,
  );
  const logged = await insertLogged(pool, { subject: "Call" });
  await pool.query(`update tidings.interactions set subject = 'A call' where id = ${logged}`);
  await growAll();
});

describe("a record as it was written", () => {
  test("is verified with the heads of the database and of the log", async () => {
    const key = createPublicKey(signingKey.privateKey).export({ format: "pem", type: "spki" });
    const verified = await verifying(
      "--heads",
      await logOf(),
      "--key",
      await fileOf("key.pem", String(key)),
    );
    expect(verified).toMatchObject({ code: 0, flaws: 0, listed: [], heads: heads.length });
    const { rows: configured } = await pool.query<{ rows: number }>(
      "select count(*)::int as rows from tidings.record_changes where table_name <> 'interactions'",
    );
    // a change, its transitions, the state of the notice, the call, its edit, and the history of the configuration
    expect(verified.leaves).toBe(7 + (configured[0]?.rows ?? 0));
    const { rows } = await pool.query("select key_id from tidings.tree_keys");
    expect(rows).toEqual([{ key_id: signingKey.keyId }]);
  });

  test("is verified with another key from the size at which that key was set", async () => {
    const other = readSigningKey(Buffer.alloc(32, 8));
    const pem = createPublicKey(other.privateKey).export({ format: "pem", type: "spki" });
    const key = ["--key", await fileOf("other.pem", String(pem))];
    const { leaves } = await verifying();
    await insertChanges(pool, [{ caseId: "CS-2", status: "initiated" }]);
    await growUntilComplete(createTreeGrower({ db, clock: () => now, emit: () => {} }, other));
    expect((await verifying(...key)).listed).toContainEqual(
      expect.objectContaining({ kind: "signatureWrong" }),
    );
    expect(await verifying(...key, "--from", String(leaves))).toMatchObject({ code: 0, flaws: 0 });
    await expect(verifying(...key, "--from", "99999")).rejects.toThrow(
      "ARGUMENTS_INVALID: --from is 99999, and the tree has",
    );
    const later = await verifying(...key, "--from", String(leaves - 1));
    expect(later.listed).toContainEqual(expect.objectContaining({ kind: "signatureWrong" }));
  });

  test("grows with the record and keeps its earlier roots", async () => {
    const before = await verifying();
    await insertChanges(pool, [{ caseId: "CS-2", status: "initiated" }]);
    await pool.query(
      `update tidings.interactions set status = 'succeeded', status_details = 'emailDelivered' where id = ${interaction}`,
    );
    await growAll();
    const after = await verifying("--heads", await logOf());
    expect(after).toMatchObject({ code: 0, flaws: 0 });
    expect(after.leaves).toBe(before.leaves + 3);
  });

  test("adds no row twice, whichever daemon grows it", async () => {
    const { leaves } = await verifying();
    await Promise.all([growAll(), growAll(), growAll()]);
    expect(await verifying()).toMatchObject({ leaves, flaws: 0 });
  });

  test("has the rows of a transaction that commits after later ones", async () => {
    const { leaves } = await verifying();
    const slow = await pool.connect();
    try {
      await slow.query(
        `begin; insert into tidings.case_changes (case_id, case_type_id, borrower_id, status) values ('SLOW', 'bankruptcy', 'BO-2', 'initiated')`,
      );
      await insertChanges(pool, [{ caseId: "CS-3", status: "initiated" }]);
      const grow = grower();
      await growAll(grow);
      await slow.query("commit");
      await growUntilComplete(grow);
    } finally {
      slow.release();
    }
    expect(await verifying()).toMatchObject({ leaves: leaves + 2, flaws: 0 });
  });
});

test("heads are made also after the clock was set back", async () => {
  const before = heads.length;
  now = new Date(now.getTime() - 86_400_000);
  await insertChanges(pool, [{ caseId: "CS-7", status: "initiated" }]);
  await growAll();
  expect(heads.length).toBe(before + 1);
});

test("a transaction that has begun is among those whose end is awaited, though none has ended since", async () => {
  const slow = await pool.connect();
  try {
    await slow.query("begin");
    const { rows } = await slow.query<{ xid: string }>("select pg_current_xact_id()::text as xid");
    const { nextTransaction, allEndedBelow } = await readIdsGiven(db);
    const running = BigInt(rows[0]?.xid ?? 0);
    expect(nextTransaction > running).toBe(true);
    expect(allEndedBelow <= running).toBe(true);
    await slow.query("rollback");
  } finally {
    slow.release();
  }
});

/** An answer of a provider to the call that `insertInteraction` has claimed. */
const answered = (interactionId: InteractionId, rest: Partial<AttemptOutcome>): AttemptOutcome => ({
  interactionId,
  status: "attempted",
  statusDetails: "emailOutcomeUnknown",
  short: "Outcome unknown",
  long: "The connection broke.",
  providerMessageId: null,
  claimedAt: CLAIMED,
  startedAt: CLAIMED,
  endedAt: CLAIMED,
  evidence: { provider: "smtp", durationMs: 1, code: "ETIMEDOUT" },
  dueAt: null,
  settleAt: null,
  nextAttemptAt: null,
  finding: null,
  ...rest,
});

describe("what daemons and operators may do leaves no flaw", () => {
  test.each<[string, Partial<AttemptOutcome>]>([
    ["unknown again", {}],
    [
      "accepted",
      { statusDetails: "emailSent", short: null, long: null, providerMessageId: "<1@x>" },
    ],
  ])(
    "a daemon that was given up for dead records after all that an outcome is %s",
    async (_what, rest) => {
      const late = await insertInteraction(pool, { status: "inProgress", claimedAt: CLAIMED });
      await markOrphansUnknown(db);
      await growAll();
      await createRecorder({ db, onOutage: () => undefined }).record(answered(late, rest));
      await growAll();
      expect(await verifying()).toMatchObject({ listed: [] });
    },
  );

  test("an operator settles an unknown outcome", async () => {
    const unknown = await insertInteraction(pool, { status: "inProgress", claimedAt: CLAIMED });
    await markOrphansUnknown(db);
    await growAll();
    await pool.query(
      `update tidings.interactions set status = 'attempted', status_details = 'emailSent', settle_at = null, failure_description_short = null, failure_description_long = null where id = ${unknown}`,
    );
    await growAll();
    expect(await verifying()).toMatchObject({ listed: [] });
  });

  test("content and old content are sealed again with another key", async () => {
    const sealed = (commitment: string, keyId: string): object => ({
      sealed: { keyId, iv: "", tag: "", data: keyId, commitment },
    });
    const logged = await insertLogged(pool, { sensitive: true, content: sealed("A", "old") });
    await pool.query("update tidings.interactions set content = $2 where id = $1", [
      logged,
      sealed("B", "old"),
    ]);
    await growAll();
    await pool.query(
      `update tidings.record_changes set changes = jsonb_set(changes, '{content,from}', $2) where row_id = $1`,
      [logged, sealed("A", "new")],
    );
    await growAll();
    expect(await verifying()).toMatchObject({ listed: [] });
  });

  test("a lender adds notes to a notice", async () => {
    await pool.query(
      `update tidings.interactions set external_id = 'X-1', meta_data = '{"note": 1}' where id = ${interaction}`,
    );
    await growAll();
    expect(await verifying()).toMatchObject({ listed: [] });
  });
});

describe("a superuser with the triggers off is found out", () => {
  test.each([
    [
      "an altered change",
      (): string => `update tidings.case_changes set fields = '{"amount": 1}' where id = ${change}`,
      "rowAltered",
      "caseChanges",
    ],
    [
      "an altered time of a transition",
      (): string =>
        `update tidings.interaction_transitions set moved_at = moved_at - interval '1 day' where interaction_id = ${interaction} and to_status = 'attempted'`,
      "rowAltered",
      "transitions",
    ],
    [
      "an altered interaction",
      (): string =>
        `update tidings.interactions set content_sha256 = repeat('cd', 32) where id = ${interaction}`,
      "rowAltered",
      "interactions",
    ],
    [
      "a status without its transition",
      (): string =>
        `update tidings.interactions set status = 'succeeded', status_details = 'emailDelivered' where id = ${interaction}`,
      "rowRemoved",
      "interactions",
    ],
    [
      "a removed interaction",
      (): string => `delete from tidings.interactions where id = ${interaction}`,
      "rowRemoved",
      "interactions",
    ],
    [
      "a removed edit",
      (): string => "delete from tidings.record_changes where table_name = 'interactions'",
      "rowRemoved",
      "recordChanges",
    ],
    [
      "an added transition",
      (): string =>
        `insert into tidings.interaction_transitions (id, interaction_id, moved_at, moved_by, to_status) overriding system value values (-5, ${interaction}, now(), 'x', 'failed')`,
      "rowAdded",
      "transitions",
    ],
  ] as const)("%s", async (_what, statement, kind, source) => {
    await rewriteRecord(pool, statement());
    const { code, listed } = await verifying();
    expect(code).toBe(1);
    expect(listed).toContainEqual(expect.objectContaining({ kind, source }));
  });

  test("a row that was added with an id of the past", async () => {
    await insertChanges(pool, [{ caseId: "CS-4", status: "initiated" }]);
    await rewriteRecord(pool, `delete from tidings.case_changes where case_id = 'CS-4'`);
    await insertChanges(pool, [{ caseId: "CS-5", status: "initiated" }]);
    await growUntilComplete();
    await rewriteRecord(
      pool,
      `insert into tidings.case_changes (id, case_id, case_type_id, borrower_id, status) overriding system value
       values (${Number(change) + 1}, 'CS-6', 'bankruptcy', 'BO-1', 'initiated')`,
    );
    expect((await verifying()).listed).toEqual([
      expect.objectContaining({ kind: "rowAdded", source: "caseChanges" }),
    ]);
  });

  test("a row that was altered together with its leaf: by the kept root", async () => {
    await rewriteLeaf();
    expect((await verifying()).listed.map((flaw) => (flaw as { kind: string }).kind)).toContain(
      "rootDiffers",
    );
  });

  test("a record that was written again with its whole tree: by the heads of the log and the signature", async () => {
    const log = await logOf();
    await rewriteRecord(pool, `update tidings.case_changes set fields = '{"amount": 1}'`);
    await rewriteRecord(
      pool,
      `truncate tidings.tree_leaves, tidings.tree_heads;
       update tidings.tree_state set size = 0, frontier = '', swept = '{}'`,
    );
    const forger = readSigningKey(Buffer.alloc(32, 8));
    await growAll(createTreeGrower({ db, clock: () => now, emit: () => {} }, forger));
    expect((await verifying()).flaws).toBe(0);
    expect((await verifying("--heads", log)).listed).toContainEqual(
      expect.objectContaining({ kind: "rootDiffers" }),
    );
    const key = createPublicKey(signingKey.privateKey).export({ format: "pem", type: "spki" });
    expect((await verifying("--key", await fileOf("key.pem", String(key)))).listed).toContainEqual(
      expect.objectContaining({ kind: "signatureWrong" }),
    );
  });

  test("leaves that were cut off at the end", async () => {
    const log = await logOf();
    await rewriteRecord(
      pool,
      "delete from tidings.tree_leaves where first_index = (select max(first_index) from tidings.tree_leaves)",
    );
    expect((await verifying("--heads", log)).listed).toContainEqual(
      expect.objectContaining({ kind: "leavesMissing" }),
    );
  });
});

/** Alters a change and its leaf. */
async function rewriteLeaf(): Promise<void> {
  await rewriteRecord(
    pool,
    `update tidings.tree_leaves set hashes = sha256('forged') where source = 'caseChanges'`,
  );
}

describe("what persons and borrowers said is in the tree", () => {
  /** Adds a row that becomes a leaf; its later changes that are allowed keep the leaf. */
  const ROWS: readonly (readonly [
    source: string,
    table: string,
    add: () => Promise<unknown>,
    forge: string,
  ])[] = [
    [
      "holds",
      "holds",
      () =>
        pool.query(
          `insert into tidings.holds (interaction_id, chain_id, rule_ids) values ($1, $1, '{bk.stay}')`,
          [interaction],
        ),
      "rule_ids = '{other}'",
    ],
    [
      "consentRecords",
      "consent_records",
      () =>
        pool.query(
          `insert into tidings.consent_records (contact_id, change, scope, source, interaction_id, reason) values ('CT-EMAIL', 'optOut', 'collection', 'link', $1, 'the page')`,
          [interaction],
        ),
      "change = 'optIn'",
    ],
    [
      "inboundMessages",
      "inbound_messages",
      async () => {
        const reply = await insertLogged(pool);
        await pool.query(
          `insert into tidings.inbound_messages (interaction_id, provider, provider_message_id, contact_ids, reading, suppresses, is_open)
             values ($1, 'twilio', $2, '{}', 'unclear', true, true)`,
          [reply, `SM-${reply}`],
        );
      },
      "reading = 'none'",
    ],
    [
      "contactEvents",
      "contact_events",
      () =>
        pool.query(
          `insert into tidings.contact_events (kind, contact_id, borrower_id, interaction_id, reason) values ('invalid', 'CT-EMAIL', 'BO-1', $1, 'bounced')`,
          [interaction],
        ),
      "kind = 'optedOut'",
    ],
  ];

  test.each(ROWS)("%s", async (source, table, add, forge) => {
    await add();
    await growAll();
    expect((await verifying()).listed).toEqual([]);
    await rewriteRecord(pool, `update tidings.${table} set ${forge}`);
    expect((await verifying()).listed).toContainEqual(
      expect.objectContaining({ kind: "rowAltered", source }),
    );
    await rewriteRecord(pool, `delete from tidings.${table}`);
    expect((await verifying()).listed).toContainEqual(
      expect.objectContaining({ kind: "rowRemoved", source }),
    );
  });

  test("what a person found in a message of a borrower is a leaf too", async () => {
    const reply = await insertLogged(pool);
    await pool.query(
      `insert into tidings.inbound_messages (interaction_id, provider, provider_message_id, contact_ids, reading, suppresses, is_open)
       values ($1, 'twilio', 'SM-H', '{}', 'unclear', true, true)`,
      [reply],
    );
    await growAll();
    await pool.query(
      "update tidings.inbound_messages set is_open = false, handled_reason = 'He meant another lender' where interaction_id = $1",
      [reply],
    );
    await growAll();
    expect((await verifying()).listed).toEqual([]);
    const { rows } = await pool.query<{ leaf: string }>(
      "select leaf from tidings.record_leaves where source = 'recordChanges' and leaf like '%inbound_messages%'",
    );
    expect(rows[0]?.leaf).toContain("He meant another lender");
  });
});

describe("the words of a logged interaction", () => {
  let call: string;
  beforeEach(async () => {
    call = await insertLogged(pool, { personId: "BO-1", content: { body: "He will pay" } });
    await growUntilComplete();
  });

  const flawOf = (kind: string, source: string | null): object =>
    expect.objectContaining({ kind, source });
  const edit = (): Promise<unknown> =>
    pool.query(
      `update tidings.interactions set content = '{"body": "He may pay"}', subject = 'A call' where id = $1`,
      [call],
    );

  test.each([
    [
      "altered",
      'update tidings.interactions set content = \'{"body": "He refuses"}\'',
      "rowAltered",
    ],
    [
      "altered in their date",
      "update tidings.interactions set created_at = created_at - interval '1 year'",
      "rowAltered",
    ],
    ["removed with their row", "delete from tidings.interactions", "rowRemoved"],
  ])("%s", async (_what, statement, kind) => {
    expect((await verifying()).listed).toEqual([]);
    await rewriteRecord(pool, `${statement} where id = ${call}`);
    expect((await verifying()).listed).toContainEqual(
      expect.objectContaining({ kind, source: "loggedInteractions", rowId: call }),
    );
  });

  test("may be edited, and the edit is found when a superuser removes it, or alters what it led to", async () => {
    await edit();
    await edit();
    await growAll();
    expect((await verifying()).listed).toEqual([]);
    await rewriteRecord(
      pool,
      `update tidings.interactions set content = '{"body": "X"}' where id = ${call}`,
    );
    expect((await verifying()).listed).toContainEqual(flawOf("rowAltered", "recordChanges"));
    await rewriteRecord(
      pool,
      `delete from tidings.record_changes where table_name = 'interactions' and row_id = '${call}'`,
    );
    expect((await verifying()).listed).toContainEqual(flawOf("rowRemoved", "recordChanges"));
    expect((await verifying()).listed).toContainEqual(flawOf("rowAltered", "loggedInteractions"));
  });

  test("inserted with an old date by a superuser: there is no transition", async () => {
    // as an insert without triggers leaves it
    const old = await insertLogged(pool, { personId: "BO-1" });
    await rewriteRecord(
      pool,
      `update tidings.interactions set created_at = '2020-01-01' where id = ${old};
       delete from tidings.interaction_transitions where interaction_id = ${old}`,
    );
    await growAll();
    expect((await verifying()).listed).toEqual([
      expect.objectContaining({
        kind: "rowAdded",
        long: expect.stringMatching(
          /^Row \d+ of interactions is there, and its insert is not on record/,
        ),
      }),
    ]);
  });

  test("removed before they are a leaf: their transition names them", async () => {
    const late = await insertLogged(pool, { content: { body: "Late" } });
    await rewriteRecord(pool, `delete from tidings.interactions where id = ${late}`);
    await growAll();
    expect((await verifying()).listed).toEqual([flawOf("rowRemoved", null)]);
  });

  test("sealed later, and then erased, are no flaw; another alteration is", async () => {
    const sealed = { sealed: { keyId: "k", iv: "", tag: "", data: "d", commitment: "C" } };
    await pool.query(
      "update tidings.interactions set content = $2, sensitive = true where id = $1",
      [call, sealed],
    );
    await growAll();
    expect((await verifying()).listed).toEqual([]);
    await rewriteRecord(
      pool,
      `update tidings.interactions set person_id = 'BO-2' where id = ${call}`,
    );
    expect((await verifying()).listed).toContainEqual(flawOf("rowAltered", "loggedInteractions"));
    await rewriteRecord(
      pool,
      `update tidings.interactions set person_id = 'BO-1' where id = ${call}`,
    );
    await pool.query(
      "select tidings.erase_interactions(array[$1]::bigint[], 'request', 'He asked')",
      [call],
    );
    await growAll();
    expect((await verifying()).listed).toEqual([]);
  });

  test("edited and then erased are no flaw", async () => {
    await edit();
    await growAll();
    await pool.query(
      "select tidings.erase_interactions(array[$1]::bigint[], 'request', 'He asked')",
      [call],
    );
    await growAll();
    expect(await verifying()).toMatchObject({ listed: [] });
  });
});
