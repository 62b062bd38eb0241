import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { CHANNELS, INTERACTION_STATUSES, THEMES } from "../../../src/domain/vocabulary.ts";
import { useDatabase } from "../../database.ts";
import { insertHouse, insertSent } from "./scene.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const { ask, emitted } = useServer(database);
const ids: string[] = [];

beforeAll(async () => {
  await insertHouse(database.pool);
  for (const status of INTERACTION_STATUSES) ids.push(await insertSent(database.pool, { status }));
  for (const status of INTERACTION_STATUSES) {
    const body = { channel: "gui", status, content: { html: "x" } };
    const answer = await ask("POST", "/people/BO-1/interactions", { body });
    ids.push(String(answer.body.data["id"]));
  }
});

const word = (...words: readonly unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...words);
const time = word("2031-03-04", "1999-12-31T23:59:59.999-14:00", "9999-12-30", "0001-01-01", null);
const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: "binary", maxLength: 300 }));
const text = fc.oneof(fc.string({ unit: "grapheme" }), word("", null));

/** Mostly values that fit the test borrower, so that most requests reach the database. */
const FIELDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  content: fc.oneof(word(null, {}), fc.dictionary(word("html", "body", "x") as never, odd)),
  contactId: word("CT-PHONE", "ext-crm-phone", "CT-SAM", null),
  contactExternalId: word("crm-phone", "", null),
  contact: fc.record(
    {
      contactType: word("phone", "email", "address"),
      value: text,
      address: fc.dictionary(word("city", "state") as never, text),
    },
    { requiredKeys: ["contactType"] },
  ),
  borrower: word({}, { status: "inactive" }, { externalId: "crm-1" }, { metaData: { a: 1 } }, null),
  loanId: word("LN-1", "ext-ledger-1", "LN-9", null),
  loanIds: fc.array(word("LN-1", "LN-2")),
  subject: word("freeForm", "custom20", null),
  theme: word(...THEMES, null),
  sensitive: fc.boolean(),
  externalId: fc.oneof(fc.string({ unit: "grapheme", maxLength: 210 }), word(null)),
  previousInteractionId: word("1", "ext-x", null),
  metaData: fc.dictionary(fc.string(), odd),
  isTransactional: word(true, false, null),
  direction: word("outbound", "inbound", null),
  statusDetails: word("voiceSpokeWithFirstParty", "emailSent", "emailDelivered", null),
  startedAt: time,
  endedAt: time,
  scheduledAtFrom: time,
  scheduledAtTo: time,
  failureDescriptionShort: text,
  failureDescriptionLong: text,
  complianceGuardRuleId: text,
};

const either = (fitting: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 30, arbitrary: fitting }, { weight: 1, arbitrary: odd });
const fields = fc
  .shuffledSubarray(Object.keys(FIELDS), { maxLength: 6 })
  .chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, either(FIELDS[name] ?? odd)]))),
  );
const news = fc
  .tuple(word(...CHANNELS), word(...INTERACTION_STATUSES), fields)
  .map(([channel, status, rest]) => ({ channel, status, ...rest }));
const changes = fc
  .tuple(fc.option(word(...INTERACTION_STATUSES)), fields)
  .map(([status, rest]) => ({ ...rest, ...(status !== null && { status }) }));

test("random bodies are accepted or refused without a 500, and accepted ones can be read", async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.tuple(fc.constant(""), news), fc.tuple(fc.nat(), changes)),
      async ([which, body]) => {
        const id = which === "" ? "" : `/${ids[which % ids.length] ?? ""}`;
        const method = which === "" ? "POST" : "PUT";
        const answer = await ask(method, `/people/BO-1/interactions${id}`, { body });
        expect([200, 409, 422], JSON.stringify(answer.body)).toContain(answer.status);
        const key = `${method} ${answer.status}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        if (answer.status !== 200) return;
        const read = await ask("GET", `/interactions/${String(answer.body.data["id"])}`);
        expect(read.body).toEqual(answer.body);
      },
    ),
    { numRuns: 1_000, seed: Number(process.env["SEED"] ?? 7) },
  );
  for (const done of ["POST 200", "POST 422", "PUT 200", "PUT 409", "PUT 422"])
    expect(seen.get(done), done).toBeGreaterThan(20);
  const page = await ask("GET", "/people/BO-1/interactions?limit=100");
  expect(page.status).toBe(200);
  expect(emitted.filter((line) => line.includes('"http.failed"'))).toEqual([]);
});
