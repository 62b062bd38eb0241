import { beforeAll, describe, expect, test } from "vitest";
import { INTERACTION_STATUSES } from "../../../src/domain/vocabulary.ts";
import { useDatabase } from "../../database.ts";
import { insertInteraction, insertLogged } from "../../interactions.ts";
import { insertLender } from "../../lender.ts";

const { pool } = useDatabase();
beforeAll(() => insertLender(pool));

/** The diagrams of the design, once more in other words: what may follow what. */
const MOVES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  tidings: {
    scheduled: ["inProgress", "canceled", "failed", "attempted", "succeeded"],
    inProgress: ["attempted", "succeeded", "failed", "scheduled"],
    attempted: ["succeeded", "failed", "scheduled", "canceled"],
    succeeded: ["failed"],
    failed: ["succeeded", "attempted"],
    canceled: ["attempted", "succeeded"],
  },
  logged: {
    scheduled: ["inProgress", "attempted", "succeeded", "failed", "canceled"],
    inProgress: ["attempted", "succeeded", "failed"],
    attempted: ["succeeded", "failed"],
    succeeded: ["failed"],
    failed: [],
    canceled: [],
  },
};

const PAIRS = INTERACTION_STATUSES.flatMap((from) =>
  INTERACTION_STATUSES.filter((to) => to !== from).map((to) => [from, to] as const),
);

/** A notice with all that any status asks for. */
const insertComplete = (status: string): Promise<string> =>
  insertInteraction(pool, {
    status,
    claimedAt: new Date(),
    claimedBy: "w-1",
    failureDescriptionShort: "x",
    failureDescriptionLong: "x",
  });

describe.each(["tidings", "logged"])("a status of %s moves along its diagram", (origin) => {
  test.each(PAIRS)("%s -> %s", async (from, to) => {
    const id =
      origin === "tidings"
        ? await insertComplete(from)
        : await insertLogged(pool, { status: from });
    const move = pool.query("update tidings.interactions set status = $2 where id = $1", [id, to]);
    if (MOVES[origin]?.[from]?.includes(to))
      await expect(move).resolves.toMatchObject({ rowCount: 1 });
    else
      await expect(move).rejects.toMatchObject({
        constraint: "interactions_status_moves_along_the_diagram",
      });
  });
});

test.each([
  ["scheduled", "attempted"],
  ["scheduled", "succeeded"],
  ["canceled", "attempted"],
  ["canceled", "succeeded"],
  ["failed", "attempted"],
])("a notice for which no provider was called does not move: %s -> %s", async (status, to) => {
  const id = await insertInteraction(pool, { status });
  const move = pool.query("update tidings.interactions set status = $2 where id = $1", [id, to]);
  await expect(move).rejects.toMatchObject({
    constraint: "interactions_status_moves_along_the_diagram",
  });
});

test.each([
  ["a provider", "textUndelivered", "30003", "rejects"],
  ["lookups that did not find it", "textFailed", "neverAccepted", "resolves"],
] as const)(
  "a notice that failed by %s: %s, %s: its move to attempted %s",
  async (_by, statusDetails, code, ends) => {
    const called = { claimedAt: new Date(), claimedBy: "w-1" };
    const id = await insertInteraction(pool, {
      channel: "text",
      status: "failed",
      statusDetails,
      evidence: { code },
      ...called,
    });
    const move = pool.query("update tidings.interactions set status = 'attempted' where id = $1", [
      id,
    ]);
    if (ends === "resolves") await expect(move).resolves.toMatchObject({ rowCount: 1 });
    else
      await expect(move).rejects.toMatchObject({ message: expect.stringContaining("has failed") });
  },
);

test.each(["attempted", "succeeded", "failed"])(
  "a notice that its provider canceled can turn out to be %s",
  async (to) => {
    const id = await insertInteraction(pool, {
      channel: "text",
      status: "canceled",
      statusDetails: "textCanceled",
    });
    const move = pool.query("update tidings.interactions set status = $2 where id = $1", [id, to]);
    await expect(move).resolves.toMatchObject({ rowCount: 1 });
  },
);

test("every change of status or details leaves a transition: who, from, to, and the evidence of that move alone", async () => {
  const id = await insertLogged(pool, { status: "inProgress" });
  await pool.query(
    "update tidings.interactions set status = 'attempted', status_details = 'voiceNoAnswer', evidence = '{\"code\": \"486\"}' where id = $1",
    [id],
  );
  await pool.query("update tidings.interactions set status_details = 'voiceBusy' where id = $1", [
    id,
  ]);
  await pool.query("update tidings.interactions set subject = 'freeForm' where id = $1", [id]);
  const { rows } = await pool.query(
    `select moved_by, from_status, to_status, from_status_details as from_details, to_status_details as to_details, evidence
     from tidings.interaction_transitions where interaction_id = $1 order by id`,
    [id],
  );
  expect(rows).toEqual([
    {
      moved_by: "test",
      from_status: null,
      to_status: "inProgress",
      from_details: null,
      to_details: null,
      evidence: null,
    },
    {
      moved_by: "test",
      from_status: "inProgress",
      to_status: "attempted",
      from_details: null,
      to_details: "voiceNoAnswer",
      evidence: { code: "486" },
    },
    {
      moved_by: "test",
      from_status: "attempted",
      to_status: "attempted",
      from_details: "voiceNoAnswer",
      to_details: "voiceBusy",
      evidence: null,
    },
  ]);
});

test("a plain insert gets the documents' defaults and is never Tidings' own", async () => {
  const { rows } = await pool.query(
    "insert into tidings.interactions (channel, status) values ('voice', 'attempted') returning origin, sensitive, loan_ids, started_at is not null as started, status_updated_at is not null as dated, created_by",
  );
  expect(rows).toEqual([
    {
      origin: "logged",
      sensitive: false,
      loan_ids: [],
      started: true,
      dated: true,
      created_by: { id: "tidings", name: "tidings" },
    },
  ]);
});

test("the previous interaction does not change", async () => {
  const id = await insertLogged(pool, { status: "attempted" });
  const change = pool.query("update tidings.interactions set origin = 'tidings' where id = $1", [
    id,
  ]);
  await expect(change).rejects.toMatchObject({
    constraint: "interactions_keep_what_they_answer_to",
  });
});

test("the previous interaction of a logged one may be set later, and must exist", async () => {
  const [first, second] = [await insertLogged(pool), await insertLogged(pool)];
  const follow = (id: string, previous: string): Promise<unknown> =>
    pool.query("update tidings.interactions set previous_interaction_id = $2 where id = $1", [
      id,
      previous,
    ]);
  await expect(follow(second, first)).resolves.toMatchObject({ rowCount: 1 });
  await expect(follow(second, "999999")).rejects.toMatchObject({
    constraint: "interactions_previous_interaction_is_known",
  });
  await expect(
    follow(await insertInteraction(pool, { status: "failed" }), first),
  ).rejects.toMatchObject({
    constraint: "interactions_keep_what_they_answer_to",
  });
});

describe("the content that Tidings sent does not change", () => {
  const SAID = { subject: "Your case", bodyText: "Dear Pat" };
  const sealedBy = (keyId: string): object => ({
    sealed: { keyId, iv: "", tag: "", data: "", commitment: "c" },
  });
  const change = (id: string, set: string, ...values: readonly unknown[]): Promise<unknown> =>
    pool.query(`update tidings.interactions set ${set} where id = $1`, [id, ...values]);
  const claim = async (content: object): Promise<string> => {
    const id = await insertComplete("scheduled");
    await change(id, "status = 'inProgress', content = $2", content);
    return id;
  };

  test.each(["inProgress", "attempted", "failed"])("while it is %s", async (status) => {
    const id = await claim(SAID);
    if (status !== "inProgress") await change(id, "status = $2", status);
    await expect(change(id, "content = $2", { ...SAID, subject: "Other" })).rejects.toMatchObject({
      constraint: "interactions_keep_their_content",
    });
    await change(id, "content = $2", SAID);
  });

  test("but it may be sealed again, and replaced once it is known that it was never sent", async () => {
    const sealed = await claim(sealedBy("a"));
    await change(sealed, "content = $2", sealedBy("b"));
    await expect(change(sealed, "content = $2", SAID)).rejects.toMatchObject({
      constraint: "interactions_keep_their_content",
    });
    const id = await claim(SAID);
    await change(id, "status = 'scheduled'");
    await change(id, "status = 'inProgress', content = $2", { ...SAID, subject: "Later" });
  });

  test("with the template version it is pinned to", async () => {
    await expect(
      change(
        await insertInteraction(pool, { status: "scheduled" }),
        "template_id = 1, template_version = 2",
      ),
    ).rejects.toMatchObject({ constraint: "interactions_keep_their_template_version" });
  });

  test("others may correct what they logged", async () => {
    await expect(change(await insertLogged(pool), "content = $2", SAID)).resolves.toMatchObject({
      rowCount: 1,
    });
  });
});
