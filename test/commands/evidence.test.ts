import { execFileSync, spawnSync } from "node:child_process";
import { hash, randomBytes } from "node:crypto";
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { evidence } from "../../src/commands/evidence/evidence.ts";
import { readPackFiles, writePackFiles } from "../../src/commands/evidence/pack-files.ts";
import { filesOf } from "../../src/decide/evidence/files.ts";
import { readPack } from "../../src/decide/evidence/read-pack.ts";
import {
  type Pack,
  PACK_VERSION,
  type PackFiles,
  PAGE_VERSION,
} from "../../src/domain/evidence/pack.ts";
import { createReplyIntake } from "../../src/reply-intake.ts";
import { createPolicyReader } from "../../src/store/guard/policy.ts";
import { applyWaiting } from "../../src/receipts/applier.ts";
import { createTreeGrower } from "../../src/record/record-tree.ts";
import { readSigningKey } from "../../src/record/tree-signature.ts";
import { verifyPack } from "../../src/record/verify-pack.ts";
import { createSeal } from "../../src/seal.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { insertInteraction, insertLogged } from "../interactions.ts";
import { insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { textMessage } from "../replies/text-message.ts";
import { type Ran, runOn } from "./run.ts";

const database = useDatabase();
const { pool, db } = database;
const installation = useInstallation(database);
const signingKey = readSigningKey(Buffer.alloc(32, 7));
const contentKey = randomBytes(32).toString("base64");
/** The rendered words of the sensitive template, in each form in which a file may have them. */
const SECRET = /(?:>|&gt;), read this alone/;

/** Makes heads, a minute apart, until every row of the record is a leaf. */
async function growTree(): Promise<void> {
  let minutes = 0;
  const now = Date.now();
  const clock = (): Date => new Date(now + minutes * 61_000);
  const grow = createTreeGrower({ db, clock, emit: () => {} }, signingKey);
  const isComplete = `select bool_and(coalesce((s.swept->>l.source)::bigint, 0) >= l.last_id) and (select max(h.size) from tidings.tree_heads h) = max(s.size) as is_complete
    from tidings.tree_state s cross join tidings.record_leaf_ids l`;
  const completed = async (): Promise<boolean | undefined> => {
    minutes += 1;
    await grow();
    return (await pool.query<{ is_complete: boolean }>(isComplete)).rows[0]?.is_complete;
  };
  await until(completed);
}

/** Repeats until it is true. `expect.poll` is for tests only, and this is for hooks too. */
async function until(isTrue: () => Promise<boolean | undefined>): Promise<void> {
  while ((await isTrue()) !== true);
}

let folder: string;
let packs = 0;
const nextPath = (): string => join(folder, `pack-${(packs += 1)}`);

async function run(...words: readonly string[]): Promise<Ran> {
  vi.stubEnv("CONTENT_KEY", contentKey);
  return await runOn(database, evidence, ...words);
}

/** Writes a pack and returns its path and its files. */
async function pack(...words: readonly string[]): Promise<{ path: string; files: PackFiles }> {
  const path = nextPath();
  const { code, output } = await run(...words, "--out", path);
  expect(output).toContain(path);
  expect(code).toBe(0);
  return { path, files: await readPackFiles(path) };
}

const textIn = (files: PackFiles, path: string): string => files.get(path)?.toString("utf8") ?? "";
const everything = (files: PackFiles): string => [...files.values()].map(String).join("\n");

/** Every row of the pack, with the files that follow from it. */
function rewritten(files: PackFiles, change: (pack: Pack) => Pack): PackFiles {
  const read = readPack(files);
  if (read.kind === "unreadable") throw new Error(read.flaw.long);
  return filesOf(change(read.pack));
}

let caseOfEmails: PackFiles;
let pathOfEmails: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "evidence-"));
  Object.assign(installation.deps, { seal: createSeal([contentKey]) });
  await pool.query(`
    insert into tidings.case_types (id) values ('texted'), ('sensitive');
    insert into tidings.templates (id, version, channel, subject_template, text_template, html_template, sensitive, slug) values
      (3, 1, 'email', 'Confidential', '{{borrower.name.firstName}}, read this alone', null, true, 'secret.email');
    update tidings.templates set status = 'active' where id = 3;
    update tidings.borrowers set name = '{"firstName": "<script>alert(1)</script>"}' where id = 'BO-1';
  `);
  await insertType(pool, { id: 1, delay: 2, unit: "businessDays" });
  await insertType(pool, { id: 2, channel: "text", caseTypes: ["texted"] });
  await insertType(pool, { id: 3, templateId: 3, caseTypes: ["sensitive"] });
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2031-03-07T15:00:00Z") });
  await installation.reachableBy({ email: "delivered@example.com", phone: "+16145550101" });
  await installation.change("EMAILED", "initiated", {
    fields: { amount: 12.5, note: "<b>bold</b>" },
  });
  await installation.change("TEXTED", "initiated", { caseTypeId: "texted" });
  await installation.change("SECRET", "initiated", { caseTypeId: "sensitive" });
  await installation.at("2031-03-11T15:00:00Z");
  vi.useRealTimers();
  await until(async () => {
    await applyWaiting(installation.deps);
    return (await installation.attempts("EMAILED"))[0]?.status === "succeeded";
  });
  await growTree();
  await insertLogged(pool, { caseId: "EMAILED", personId: "BO-1", subject: "Call" });
  await growTree();
  ({ files: caseOfEmails, path: pathOfEmails } = await pack("--case", "EMAILED"));
});
// the installation sets the clock for each of its stories
beforeEach(() => void vi.useRealTimers());

describe("a pack of a case", () => {
  test("has its cause, date, address, bytes, receipts, versions and policy", () => {
    const page = textIn(caseOfEmails, "index.html");
    for (const words of [
      "Case change 1: case EMAILED, initiated",
      "fires: 1.1",
      "2031-03-08: Saturday",
      "delivered@example.com",
      "every rule allowed it",
      "Notification type 1, version 1",
      "tests run at any hour",
    ])
      expect(page).toContain(words);
    const paths = [...caseOfEmails.keys()];
    expect(paths.filter((path) => path.startsWith("messages/"))).toEqual(["messages/1.eml"]);
    expect(textIn(caseOfEmails, "messages/1.eml")).toContain("To: delivered@example.com");
    expect(paths).toContain("templates/1.1.json");
    expect(paths).toContain("rows/loggedInteractions/4.json");
    expect(paths.filter((path) => path.startsWith("states/"))).toEqual([]);
  });

  test("shows what others wrote as text", () => {
    const page = textIn(caseOfEmails, "index.html");
    expect(page).not.toMatch(/<script|<b>bold/);
    expect(page).toContain("&lt;b&gt;bold");
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  test("is verified without the database, by its key or with a key that is given", async () => {
    vi.stubEnv("DATABASE_URL", "postgres://nowhere.invalid/none");
    const own = await evidence.run(["--verify", pathOfEmails], () => {});
    const pem = join(folder, "key.pem");
    writeFileSync(pem, signingKey.publicKey.export({ format: "pem", type: "spki" }));
    const given = await evidence.run(["--verify", pathOfEmails, "--key", pem], () => {});
    const other = join(folder, "other.pem");
    writeFileSync(
      other,
      readSigningKey(Buffer.alloc(32, 8)).publicKey.export({ format: "pem", type: "spki" }),
    );
    const lines: string[] = [];
    const wrong = await evidence.run(
      ["--verify", pathOfEmails, "--key", other],
      (line) => void lines.push(line),
    );
    vi.unstubAllEnvs();
    expect([own, given, wrong]).toEqual([0, 0, 1]);
    expect(lines.join("\n")).toContain("FLAW: head.sig");
  });

  test("is verified by sha256sum and openssl alone, which find an altered row and an altered head", () => {
    const verify = (path: string) =>
      spawnSync("sh", ["verify.sh"], { cwd: path, encoding: "utf8" });
    const { status, stdout, stderr } = verify(pathOfEmails);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toContain("Signature Verified Successfully");
    expect(stdout).toContain(`key: ${signingKey.keyId}`);
    const altered = nextPath();
    cpSync(pathOfEmails, altered, { recursive: true });
    const row = join(altered, "rows/caseChanges/1.json");
    writeFileSync(row, readFileSync(row, "utf8").replace("12.5", "99.5"));
    expect(verify(altered).status).toBe(1);
    writeFileSync(join(altered, "SHA256SUMS"), sumsOf(altered));
    expect(verify(altered).stderr).toContain("rows/caseChanges/1.json is not in the tree");
    cpSync(pathOfEmails, altered, { recursive: true });
    const head = join(altered, "head.txt");
    writeFileSync(head, readFileSync(head, "utf8").replace(/\n20\d\d-/, "\n1999-"));
    writeFileSync(join(altered, "SHA256SUMS"), sumsOf(altered));
    expect(verify(altered).status).not.toBe(0);
  });

  test("gives the same bytes again, also at the same head after the record has grown, and as a tar file", async () => {
    const size = textIn(caseOfEmails, "head.txt").split("\n")[0] ?? "";
    await installation.change("LATER", "initiated", { caseTypeId: "texted" });
    await installation.change("EMAILED", "processing");
    await growTree();
    expect((await pack("--case", "EMAILED", "--head", size)).files).toEqual(caseOfEmails);
    expect((await pack("--case", "EMAILED")).files).not.toEqual(caseOfEmails);
    const path = `${nextPath()}.tar`;
    expect((await run("--case", "EMAILED", "--head", size, "--out", path)).code).toBe(0);
    expect(await readPackFiles(path)).toEqual(caseOfEmails);
    const unpacked = await mkdtemp(join(folder, "tar-"));
    execFileSync("tar", ["-xf", path, "-C", unpacked]);
    expect(await readPackFiles(unpacked)).toEqual(caseOfEmails);
    expect((await run("--verify", path)).code).toBe(0);
  });
});

/** The output of `sha256sum` for the files of a folder. */
function sumsOf(path: string): string {
  rmSync(join(path, "SHA256SUMS"));
  const command = "find . -type f | sed 's|^./||' | LC_ALL=C sort | xargs sha256sum";
  return execFileSync("sh", ["-c", command], { cwd: path, encoding: "utf8" });
}

describe("the time by which a row was committed", () => {
  test("is bounded by the first signed head that has it", async () => {
    const first = Number(textIn(caseOfEmails, "head.txt").split("\n")[0]);
    await installation.change("EMAILED", "canceled");
    await growTree();
    const { files, path } = await pack("--case", "EMAILED");
    const [size] = textIn(files, "bounds/caseChanges/1.txt").split("\n");
    expect(Number(size)).toBeLessThanOrEqual(first);
    const madeAt = textIn(files, `heads/${size}.txt`).split("\n")[2] ?? "";
    const { rows } = await pool.query<{ made_at: Date }>(
      "select min(h.made_at) as made_at from tidings.tree_heads h join tidings.tree_leaves l on l.source = 'caseChanges' and 1 = any(l.row_ids) and h.size > l.first_index",
    );
    expect(new Date(madeAt)).toEqual(rows[0]?.made_at);
    expect((await run("--verify", path)).code).toBe(0);
    const { status, stderr } = spawnSync("sh", ["verify.sh"], { cwd: path, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    writeFileSync(
      join(path, `heads/${size}.txt`),
      textIn(files, `heads/${size}.txt`).replace(/\n20\d\d-/, "\n1999-"),
    );
    writeFileSync(join(path, "SHA256SUMS"), sumsOf(path));
    expect(spawnSync("sh", ["verify.sh"], { cwd: path }).status).not.toBe(0);
    expect((await run("--verify", path)).code).toBe(1);
  });

  test("is that of the head of the pack without a key", async () => {
    const unsigned = rewritten(caseOfEmails, (one) => ({
      ...one,
      head: { ...one.head, signature: null, keyId: null, publicKey: null },
    }));
    expect(verifyPack(unsigned, undefined).flaw).toMatchObject({ path: "head.sig" });
  });
});

describe("packs of earlier releases", () => {
  // WRITE_GOLDEN=yes keeps the present form, for a release that changes it
  test("the present form is kept", async () => {
    const golden = `test/golden/evidence-${PACK_VERSION}.${PAGE_VERSION}.tar`;
    if (process.env["WRITE_GOLDEN"] === "yes") await writePackFiles(golden, caseOfEmails);
    expect(existsSync(golden)).toBe(true);
  });

  test.each(globSync("test/golden/evidence-*.tar"))("%s is verified", async (path) => {
    expect(verifyPack(await readPackFiles(path), signingKey.publicKey)).toMatchObject({
      flaw: null,
      signedBy: "givenKey",
    });
  });

  test("the page of the present form is written as it was", async () => {
    const path = `test/golden/evidence-${PACK_VERSION}.${PAGE_VERSION}.tar`;
    const { isPageCompared } = verifyPack(await readPackFiles(path), undefined);
    expect(isPageCompared, "keep a golden pack of the new page with WRITE_GOLDEN=yes").toBe(true);
  });
});

describe("a pack that was changed", () => {
  test("a file that was changed, removed or added is named", () => {
    for (const [path, bytes] of caseOfEmails) {
      const flipped = Buffer.from(bytes.length === 0 ? "x" : bytes);
      flipped[0] = (flipped[0] ?? 0) ^ 1;
      const changed = verifyPack(new Map([...caseOfEmails, [path, flipped]]), undefined);
      if (path !== "SHA256SUMS") expect(changed.flaw?.path).toBe(path);
      expect(changed.flaw, path).not.toBeNull();
      const without = new Map([...caseOfEmails].filter(([name]) => name !== path));
      expect(verifyPack(without, undefined).flaw?.path).toBe(path);
    }
    const more = new Map([...caseOfEmails, ["notes.txt", Buffer.from("x")]]);
    expect(verifyPack(more, undefined).flaw?.path).toBe("notes.txt");
  });

  test("a link that was added to the folder is named", async () => {
    const linked = join(await mkdtemp(join(folder, "link-")), "pack");
    await writePackFiles(linked, caseOfEmails);
    await symlink("/etc/passwd", join(linked, "more.txt"));
    expect(verifyPack(await readPackFiles(linked), undefined).flaw?.path).toBe("more.txt");
  });

  test("a file that was changed together with SHA256SUMS is found", () => {
    for (const [path, bytes] of caseOfEmails) {
      // states are not proved
      if (path === "SHA256SUMS" || path.startsWith("states/")) continue;
      const flipped = Buffer.from(bytes.length === 0 ? "x" : bytes);
      const at = Math.floor(flipped.length / 2);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const changed = new Map([...caseOfEmails, [path, flipped]]);
      changed.set("SHA256SUMS", sumsIn(changed));
      expect(verifyPack(changed, signingKey.publicKey).flaw, path).not.toBeNull();
    }
  });

  test.each<[string, (pack: Pack) => Pack, string]>([
    [
      "a row of another case in place of its own",
      (one) => ({
        ...one,
        rows: one.rows.map((row) => ({ ...row, id: row.id === "1" ? "77" : row.id })),
      }),
      "77.json",
    ],
    [
      "an attempt that was left out",
      (one) => ({ ...one, attempts: one.attempts.slice(1) }),
      "rows/transitions/",
    ],
    [
      "transitions that were left out",
      (one) => ({ ...one, rows: one.rows.filter((row) => row.source !== "transitions") }),
      "pack.json",
    ],
    [
      "the newest transition that was left out",
      (one) => {
        const last = one.rows.findLast(
          (row) => row.source === "transitions" && /"interaction_id": ?1,/.test(row.text),
        );
        return { ...one, rows: one.rows.filter((row) => row !== last) };
      },
      "rows/transitions/",
    ],
    [
      "a notice that was left out with all its rows",
      (one) => ({
        ...one,
        attempts: one.attempts.filter((attempt) => attempt.interactionId !== "1"),
        rows: one.rows.filter(
          (row) => !/"interaction_id": ?1[,}]/.test(row.text) && row.source !== "receipts",
        ),
      }),
      "pack.json",
    ],
    [
      "a receipt that was taken from its attempt",
      (one) => ({
        ...one,
        attempts: one.attempts.map((attempt) => ({ ...attempt, receiptIds: [] })),
      }),
      "rows/receipts/",
    ],
    [
      "another message",
      (one) => ({
        ...one,
        attempts: one.attempts.map((attempt) => ({
          ...attempt,
          message: attempt.message && { ...attempt.message, bytes: Buffer.from("To: another") },
        })),
      }),
      "messages/1.eml",
    ],
    [
      "another template",
      (one) => ({
        ...one,
        templates: one.templates.map((template) => ({ ...template, text: "[]" })),
      }),
      "templates/1.1.json",
    ],
    [
      "a row that is said to be redacted and is not hashed",
      (one) => ({
        ...one,
        rows: one.rows.map((row) =>
          row.source === "caseChanges"
            ? { ...row, text: row.text.replace("12.5", "1"), index: row.index + 1 }
            : row,
        ),
      }),
      "rows/caseChanges/1.json",
    ],
  ])("%s is named", (_what, change, path) => {
    const { flaw } = verifyPack(rewritten(caseOfEmails, change), undefined);
    expect(flaw?.path).toContain(path);
  });

  test("a page that differs from the rows is found, also if SHA256SUMS fits it", () => {
    const page = textIn(caseOfEmails, "index.html").replace(
      "every rule allowed it",
      "no rule allowed it",
    );
    const changed = new Map([...caseOfEmails, ["index.html", Buffer.from(page)]]);
    changed.set("SHA256SUMS", sumsIn(changed));
    expect(verifyPack(changed, undefined).flaw?.path).toBe("index.html");
  });
});

const sumsIn = (files: PackFiles): Buffer =>
  Buffer.from(
    [...files]
      .filter(([path]) => path !== "SHA256SUMS")
      .map(([path, bytes]) => `${hash("sha256", bytes)}  ${path}\n`)
      .join(""),
  );

describe("sensitive content", () => {
  const revealsOfSecret = async (): Promise<object[]> => {
    const { rows } = await pool.query<object>(
      "select revealed_by, way from tidings.content_reveals where interaction_id = 3",
    );
    return rows;
  };

  test("is in no file without --reveal", async () => {
    const { files, path } = await pack("--interaction", "3");
    expect(everything(files)).not.toMatch(SECRET);
    expect(textIn(files, "index.html")).toContain("The content is sealed");
    expect((await run("--verify", path)).code).toBe(0);
    expect(await revealsOfSecret()).toEqual([]);
  });

  test("is in the pack with --reveal, which is on record, and fits the commitment of its row", async () => {
    const { files } = await pack("--interaction", "3", "--reveal");
    expect(await revealsOfSecret()).toEqual([{ revealed_by: "operator:kim", way: "command" }]);
    expect(textIn(files, "messages/3.eml")).toMatch(SECRET);
    expect(textIn(files, "index.html")).toMatch(SECRET);
    expect(verifyPack(files, signingKey.publicKey)).toMatchObject({
      flaw: null,
      signedBy: "givenKey",
    });
    const other = rewritten(files, (one) => ({
      ...one,
      attempts: one.attempts.map((attempt) => ({
        ...attempt,
        opened: Buffer.concat([Buffer.alloc(32), Buffer.from("{}")]),
      })),
    }));
    expect(verifyPack(other, undefined).flaw?.path).toBe("contents/3.bin");
  });

  test("that was stored unsealed is redacted in its row, whose hash is proved", async () => {
    const id = await insertInteraction(pool, {
      caseId: "UNSEALED",
      status: "attempted",
      statusDetails: "emailSent",
      sensitive: true,
      content: { bodyText: "<>, read this alone" },
    });
    await growTree();
    const hidden = await pack("--interaction", id);
    expect(everything(hidden.files)).not.toMatch(SECRET);
    expect([...hidden.files.keys()].filter((path) => path.startsWith("redacted/"))).toHaveLength(1);
    expect((await run("--verify", hidden.path)).code).toBe(0);
    const shown = await pack("--interaction", id, "--reveal");
    expect(everything(shown.files)).toMatch(SECRET);
    expect((await run("--verify", shown.path)).code).toBe(0);
  });
});

describe("what others logged", () => {
  /** A call whose words and subject were corrected, and its pack. */
  async function packOfCorrected(): Promise<{ id: string; files: PackFiles }> {
    const id = await insertLogged(pool, {
      personId: "BO-2",
      subject: "Call",
      content: { body: "Old" },
    });
    await pool.query(
      `update tidings.interactions set content = '{"body": "She will pay", "more": [1, 2.50]}', subject = 'Her call' where id = $1`,
      [id],
    );
    await growTree();
    return { id, ...(await pack("--interaction", id)) };
  }

  test("is proved as it was logged, with each correction", async () => {
    const { id, files } = await packOfCorrected();
    expect(textIn(files, `rows/loggedInteractions/${id}.json`)).toContain("Old");
    expect(textIn(files, "index.html")).toContain("She will pay");
    expect(textIn(files, "index.html")).toContain("Her call");
    expect(verifyPack(files, signingKey.publicKey).flaw).toBeNull();
  });

  test.each([
    ["other words", '"She will pay"', '"She refuses"'],
    ["other JSON", /.+/s, '{"interaction_id": 1}'],
    ["no JSON", /.+/s, "{"],
  ])("a present state with %s is named, also if SHA256SUMS fits it", async (_what, was, is) => {
    const { id, files } = await packOfCorrected();
    const path = `states/${id}.json`;
    const changed = new Map([...files, [path, Buffer.from(textIn(files, path).replace(was, is))]]);
    changed.set("SHA256SUMS", sumsIn(changed));
    expect(verifyPack(changed, undefined).flaw?.path).toMatch(/^states\/|^index.html$/);
  });

  test("is missed if its row is left out", () => {
    const row = JSON.parse(textIn(caseOfEmails, "rows/loggedInteractions/4.json")) as object;
    const openState = JSON.stringify({ ...row, interaction_id: 4, origin: "logged" });
    const { flaw } = verifyPack(
      rewritten(caseOfEmails, (one) => ({
        ...one,
        rows: one.rows.filter(({ source }) => source !== "loggedInteractions"),
        attempts: one.attempts.map((attempt) =>
          attempt.interactionId === "4" ? { ...attempt, openState } : attempt,
        ),
      })),
      undefined,
    );
    expect(flaw).toMatchObject({
      path: "pack.json",
      long: expect.stringContaining("as it was logged, is missing"),
    });
  });

  test("is redacted if it was stored plain and sealed later, and its hash is proved", async () => {
    const id = await insertLogged(pool, { personId: "BO-2", content: { body: "read this alone" } });
    await growTree();
    const sealed = { sealed: { keyId: "k", iv: "", tag: "", data: "d", commitment: "C" } };
    await pool.query(
      "update tidings.interactions set content = $2, sensitive = true where id = $1",
      [id, sealed],
    );
    await growTree();
    const { files, path } = await pack("--interaction", id);
    expect([...files.keys()]).toContain(`redacted/loggedInteractions/${id}.json`);
    expect(everything(files)).not.toContain("read this alone");
    expect((await run("--verify", path)).code).toBe(0);
  });
});

describe("the answers of the borrower to a case", () => {
  let answered: { path: string; files: PackFiles };
  let confirmation: string;
  beforeAll(async () => {
    await pool.query(`
      insert into tidings.templates (id, version, channel, language, kind, theme, text_template) values
        (20, 1, 'text', 'en', 'optOutConfirmation', 'opsServicing', '{{lender.name}}: You will get no more texts.');
      update tidings.templates set status = 'active' where id = 20`);
    const takeInbound = createReplyIntake({
      db,
      emit: () => {},
      clock: () => new Date(),
      seal: createSeal([contentKey]),
      lender: { country: "US", timeZone: "America/New_York", languages: ["en"] },
      readPolicy: createPolicyReader(),
    });
    await takeInbound(textMessage("STOP"));
    await runDueJobs(database, installation.deps);
    await growTree();
    answered = await pack("--case", "LATER");
    const { rows } = await pool.query<{ id: string }>(
      "select id from tidings.interactions where reply_id is not null",
    );
    confirmation = rows[0]?.id ?? "";
  });

  test("are in its pack, with the opt-out and its confirmation", async () => {
    const { files, path } = answered;
    const page = textIn(files, "index.html");
    expect(page).toContain("Message of the borrower");
    expect(page).toContain("optOut of collection messages to contact CT-PHONE, by reply");
    expect(page).toContain(`<article id="attempt-${confirmation}">`);
    expect((await run("--verify", path)).code).toBe(0);
    const words = await pack("--case", "LATER", "--reveal");
    expect(textIn(words.files, "index.html")).toContain("STOP");
    expect((await run("--verify", words.path)).code).toBe(0);
  });

  test("are in the packs of the text and of the borrower", async () => {
    for (const subject of [
      ["--interaction", "5"],
      ["--borrower", "BO-1"],
    ])
      expect(textIn((await pack(...subject)).files, "index.html")).toContain(
        `attempt-${confirmation}`,
      );
  });

  test("are missed if the reply is left out", () => {
    const replied = (row: { readonly source: string; readonly text: string }): boolean =>
      row.source === "inboundMessages" || row.source === "loggedInteractions";
    const ids = answered.files
      .keys()
      .flatMap((path) => /^(?:rows|redacted)\/inboundMessages\/(\d+)/.exec(path)?.slice(1) ?? []);
    const [reply] = [...ids];
    const { flaw } = verifyPack(
      rewritten(answered.files, (one) => ({
        ...one,
        attempts: one.attempts.filter((attempt) => attempt.interactionId !== reply),
        rows: one.rows.filter(
          (row) => !replied(row) && !row.text.includes(`"interaction_id":${reply},`),
        ),
      })),
      undefined,
    );
    expect(flaw?.long).toBe(`The reply that notice ${confirmation} confirms is missing.`);
  });
});

test("an amendment is shown next to the recorded status, and proved", async () => {
  await pool.query(
    "insert into tidings.amendments (interaction_id, kind, transition_id, status, reason, evidence) values (1, 'receiptWrong', 0, 'failed', 'The relay mixed two messages up.', 'Ticket 55')",
  );
  await growTree();
  const { files, path } = await pack("--interaction", "1");
  expect(textIn(files, "index.html")).toMatch(
    /succeeded emailDelivered<\/span>, amended to <span class="status failed">failed</,
  );
  expect(textIn(files, "index.html")).toContain("receiptWrong: The relay mixed two messages up.");
  expect([...files.keys()]).toContain("rows/amendments/1.json");
  expect((await run("--verify", path)).code).toBe(0);
});

test("a repair and the outages that made a notice late are in the pack", async () => {
  await pool.query(
    "insert into tidings.repairs (kind, case_change_id, reason) values ('changeNotResolved', 1, 'A restore lost it')",
  );
  await pool.query("update tidings.repairs set result = 'notNeeded'");
  const { rows } = await pool.query<{ id: string }>(
    `insert into tidings.outages (kind, worker_id, channel, code, began_at)
     select 'provider', 'w-1', 'email', 'failing', i.started_at - interval '3 hours' from tidings.interactions i where i.id = 1 returning id`,
  );
  const outage = rows[0]?.id ?? "";
  await pool.query(
    "update tidings.outages set ended_at = began_at + interval '3 hours' where id = $1",
    [outage],
  );
  const late = await insertInteraction(pool, {
    caseChangeId: 1,
    notificationTypeId: 9,
    status: "attempted",
    statusDetails: "emailSent",
    startedAt: new Date("2031-03-11T16:00:00Z"),
    scheduledAtFrom: new Date("2031-03-11T13:00:00Z"),
  });
  await rewriteRecord(
    pool,
    "update tidings.outages set began_at = '2031-03-11T13:00:00Z', ended_at = '2031-03-11T15:59:00Z' where id = $1",
    [outage],
  );
  await rewriteRecord(
    pool,
    `update tidings.record_changes set changes = '{"ended_at": {"from": null, "to": "2031-03-11T15:59:00Z"}}' where table_name = 'outages'`,
  );
  await growTree();
  const { files, path } = await pack("--interaction", late);
  const page = textIn(files, "index.html");
  expect(page).toContain("A restore lost it");
  expect(page).toContain("notNeeded");
  expect(page).toMatch(/provider of email<.*2031-03-11 13:00:00 UTC<.*2031-03-11 15:59:00 UTC</);
  expect((await run("--verify", path)).code).toBe(0);
});

test("erased content is not in the pack, which still proves the hash of its row", async () => {
  await pool.query(
    "select tidings.erase_interactions(array[2::bigint], 'request', 'The borrower asked for it.')",
  );
  await growTree();
  const { files, path } = await pack("--interaction", "2");
  expect(textIn(files, "index.html")).toContain("(request): The borrower asked for it.");
  expect(everything(files)).not.toContain("+16145550101");
  expect(
    [...files.keys()].filter((name) => name.startsWith("redacted/interactions/")),
  ).toHaveLength(1);
  expect((await run("--verify", path)).code).toBe(0);
});

test("rows that are newer than the head are counted and not in the pack", async () => {
  await pool.query("update tidings.interactions set subject = 'Another call' where id = 4");
  const { output } = await run("--case", "EMAILED", "--out", nextPath());
  expect(output).toContain("1 row about it is newer than this head");
  await growTree();
});

test("a borrower's pack has all cases, and nothing is written over", async () => {
  const { path, files } = await pack("--borrower", "BO-1");
  expect(textIn(files, "index.html")).toContain("case EMAILED");
  expect(textIn(files, "index.html")).toContain("case LATER");
  await expect(run("--borrower", "BO-1", "--out", path)).rejects.toThrow(
    "cannot be written (EEXIST)",
  );
});

test("a subject that is not on record, and a head that does not exist, are refused", async () => {
  const out = ["--out", nextPath()];
  await expect(run("--case", "NONE", ...out)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(run("--case", "EMAILED", "--head", "1000000", ...out)).rejects.toMatchObject({
    code: "RECORD_UNPROVED",
  });
  await expect(run("--case", "EMAILED")).rejects.toThrow("--out is missing");
  await expect(run("--case", "EMAILED", "--borrower", "BO-1", ...out)).rejects.toThrow(
    "give one of",
  );
});

describe("a record that is not as it was", () => {
  test("gives no pack", async () => {
    await rewriteRecord(
      pool,
      "update tidings.case_changes set outcome = 'denied' where case_id = 'TEXTED'",
    );
    const path = nextPath();
    await expect(run("--case", "TEXTED", "--out", path)).rejects.toMatchObject({
      code: "RECORD_UNPROVED",
    });
    expect(existsSync(path)).toBe(false);
  });

  test("gives no pack without a notice that was planned", async () => {
    await rewriteRecord(
      pool,
      "delete from tidings.interaction_transitions where interaction_id = 3; delete from tidings.interactions where id = 3",
    );
    const { code, output } = await run("--case", "SECRET", "--out", nextPath());
    expect(code).toBe(1);
    expect(output).toContain("The notice of type 3.1 that change 3 fired is missing.");
  });
});
