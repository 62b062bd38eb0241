import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { InteractionId } from "../../src/domain/ids.ts";
import { isSealed } from "../../src/domain/sealed-content.ts";
import { createSeal } from "../../src/seal.ts";
import { useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { insertType } from "../lender.ts";

const database = useDatabase();
const { pool } = database;
const installation = useInstallation(database);
const seal = createSeal([Buffer.alloc(32, 7).toString("base64")]);

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

interface Kept {
  readonly id: InteractionId;
  readonly content: { readonly body?: string; readonly bodyText?: string } | null;
  readonly content_sha256: string | null;
  readonly segments: number | null;
  readonly evidence: { readonly sha256?: string } | null;
}

async function keptOf(caseId: string): Promise<Kept> {
  const { rows } = await pool.query<Kept>(
    `select i.id, i.content, i.content_sha256, i.segments, t.evidence
     from tidings.interactions i
     join tidings.interaction_transitions t on t.interaction_id = i.id and t.to_status = i.status
     where i.case_id = $1 order by t.id desc limit 1`,
    [caseId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`nothing is kept of ${caseId}`);
  return row;
}

beforeAll(async () => {
  await pool.query(`
    insert into tidings.case_types (id) values ('texted'), ('sensitive'), ('sensitiveText');
    insert into tidings.templates (id, version, channel, subject_template, text_template, sensitive) values
      (3, 1, 'email', 'Confidential', 'Lender: what only {{borrower.name.firstName}} should read', true),
      (4, 1, 'text', null, 'Lender: what only {{borrower.name.firstName}} should read', true);
    insert into tidings.templates (id, version, channel, subject_template, text_template, html_template) values
      (5, 1, 'email', 'About your case', E'Dear {{borrower.name.firstName}}\\n\\nSecond line\\n.\\n', E'<p>\\nDear Pat\\n</p>\\n');
    update tidings.templates set status = 'active' where id in (3, 4, 5);
  `);
  await insertType(pool, { id: 1, templateId: 5 });
  await insertType(pool, { id: 2, channel: "text", caseTypes: ["texted"] });
  await insertType(pool, { id: 3, templateId: 3, caseTypes: ["sensitive"] });
  await insertType(pool, { id: 4, templateId: 4, channel: "text", caseTypes: ["sensitiveText"] });
});

describe("a sent message is kept", () => {
  test("an email with the SHA-256 of the source in the outbox", async () => {
    await installation.reachableBy({ email: "pat@example.com" });
    await installation.change("K1", "initiated");
    const kept = await keptOf("K1");
    const outbox = await installation.outbox();
    const mail = outbox.find((one) => one.includes("To: pat@example.com"));
    expect(kept.content_sha256).toBe(sha256(mail ?? ""));
    expect(kept.evidence?.sha256).toBe(kept.content_sha256);
    expect(kept.content?.bodyText).toContain("Dear Pat");
    expect(kept.segments).toBeNull();
  });

  test("a text with the SHA-256 of its body, and its segments", async () => {
    await installation.reachableBy({ phone: "+16145550101" });
    await installation.change("K2", "initiated", { caseTypeId: "texted" });
    const kept = await keptOf("K2");
    expect(kept.content_sha256).toBe(sha256(kept.content?.body ?? ""));
    expect(kept.segments).toBe(1);
  });

  test("a message that was refused before it was handed over has no SHA-256", async () => {
    await installation.reachableBy({ email: "no-such-mailbox@example.com" });
    await installation.change("K3", "initiated");
    expect((await keptOf("K3")).content_sha256).toBeNull();
  });
});

describe("sensitive content", () => {
  test("waits without a key, and is sent once there is one", async () => {
    await installation.reachableBy({ email: "pat@example.com" });
    await installation.change("S1", "initiated", { caseTypeId: "sensitive" });
    expect(await installation.attempts("S1")).toMatchObject([
      { status: "scheduled", rule: "content.noKey", why: "No content key" },
    ]);
    Object.assign(installation.deps, { seal });
    await installation.at("2031-03-03T15:01:01Z");
    expect(await installation.attempts("S1")).toMatchObject([{ status: "attempted", rule: null }]);
  });

  test("is sealed at rest, and the sealed content is the sent one", async () => {
    Object.assign(installation.deps, { seal });
    await installation.reachableBy({ email: "pat@example.com" });
    await installation.change("S2", "initiated", { caseTypeId: "sensitive" });
    const { id, content, content_sha256: sha } = await keptOf("S2");
    expect(JSON.stringify(content)).not.toContain("only");
    const owner = { interactionId: id, channel: "email" } as const;
    expect(isSealed(content) && seal?.unseal(content, owner)).toMatchObject({
      subject: "Confidential",
      bodyText: "Lender: what only Pat should read",
    });
    expect(sha).toMatch(/^[0-9a-f]{64}$/);
  });

  test("can be looked up at the provider when its outcome is unknown", async () => {
    Object.assign(installation.deps, { seal });
    await installation.reachableBy({ phone: "+15005550104" });
    await installation.change("S3", "initiated", { caseTypeId: "sensitiveText" });
    expect(await installation.attempts("S3")).toMatchObject([{ details: "textOutcomeUnknown" }]);
    expect((await keptOf("S3")).content_sha256).toBe(sha256("Lender: what only Pat should read"));
    await installation.at("2031-03-03T15:05:00Z");
    expect(await installation.attempts("S3")).toMatchObject([
      { status: "attempted", details: "textSent" },
    ]);
  });
});
