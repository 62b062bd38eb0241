import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { InteractionId } from "../../src/domain/ids.ts";
import { keepReceipts } from "../../src/store/receipts/receipts.ts";
import { useDatabase } from "../database.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { callback, insertAccepted } from "../receipts.ts";

const { pool, db, url } = useDatabase();
const root = mkdtempSync(join(tmpdir(), "tidings-receipts-"));
let daemons: DaemonProcess[] = [];

beforeAll(async () => {
  await insertLender(pool);
  await pool.query("insert into tidings.case_types (id) values ('emailed'), ('texted')");
  await insertType(pool, { id: 1, caseTypes: ["emailed"] });
  await insertType(pool, { id: 2, channel: "text", caseTypes: ["texted"] });
});
afterEach(async () => {
  for (const { child } of daemons) child.kill("SIGKILL");
  await Promise.all(daemons.map(({ ended }) => ended));
  daemons = [];
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function startDaemon(
  settings: Readonly<Record<string, string>> = {},
): Promise<DaemonProcess> {
  const daemon = spawnDaemon({ DATABASE_URL: url, DATA_DIR: root, TEXT_POLLS: "1s", ...settings });
  daemons.push(daemon);
  await daemon.waitFor("daemon.started");
  return daemon;
}

/** Sends a notice to each recipient, in a story of this name. Each has its own borrower. */
async function notify(name: string, recipients: readonly string[]): Promise<void> {
  for (const [place, value] of recipients.entries()) {
    const id = `${name}-${place}`;
    const type = value.startsWith("+") ? "phone" : "email";
    await pool.query(
      'insert into tidings.borrowers (id, name) values ($1, \'{"firstName": "Pat"}\')',
      [id],
    );
    await pool.query(
      `insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages)
       values ($1, $1, $2, 'personal', $3, $3 like '+%')`,
      [id, type, value],
    );
    await insertChanges(pool, [
      {
        caseId: id,
        status: "initiated",
        caseTypeId: type === "phone" ? "texted" : "emailed",
        borrowerId: id,
        at: new Date().toISOString(),
      },
    ]);
  }
}

/** The standing of the first attempt for each recipient of a story. */
async function standings(name: string): Promise<(string | null)[]> {
  const { rows } = await pool.query<{ standing: string }>(
    `select concat_ws(' ', status, status_details) as standing from tidings.interactions
     where person_id like $1 and attempt = 1 order by length(person_id), person_id`,
    [`${name}-%`],
  );
  return rows.map((row) => row.standing);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const NUMBERS: readonly (readonly [string, string])[] = [
  ["+15005550110", "succeeded textDelivered"],
  ["+15005550111", "failed textUndelivered"],
  ["+15005550112", "succeeded textDelivered"],
  ["+15005550113", "succeeded textDelivered"],
  ["+15005550114", "succeeded textDelivered"],
  ["+15005550115", "attempted textQueued"],
];

describe("texts to the scripted numbers of the sandbox end alike", () => {
  const expected = NUMBERS.map(([, standing]) => standing);

  test("when the double of Twilio calls back", async () => {
    const port = String(await freePort());
    await startDaemon({ HTTP_PORT: port, HTTP_PUBLIC_URL: `http://127.0.0.1:${port}` });
    await notify(
      "CALLED",
      NUMBERS.map(([number]) => number),
    );
    await expect.poll(() => standings("CALLED")).toEqual(expected);
    // the failure of +15005550112 was withdrawn, and with it the next attempt
    const { rows } = await pool.query(
      "select status from tidings.interactions where person_id = 'CALLED-2' and attempt = 2",
    );
    expect(rows).toEqual([{ status: "canceled" }]);
  });

  test("when the daemon asks", async () => {
    await startDaemon();
    await notify(
      "ASKED",
      NUMBERS.map(([number]) => number),
    );
    await expect.poll(() => standings("ASKED")).toEqual(expected);
  });
});

test("recipients of the sandbox answer, once each, and their opt-outs are in force and confirmed", async () => {
  await pool.query(`
    insert into tidings.templates (id, version, channel, kind, theme, text_template) values
      (20, 1, 'text', 'optOutConfirmation', 'opsServicing', '{{lender.name}}: You will get no more texts.');
    update tidings.templates set status = 'active' where id = 20`);
  await startDaemon();
  await notify("ANSWERED", [
    "+15005550120",
    "+15005550121",
    "+15005550122",
    "+15005550123",
    "+15005550124",
    "pat+replies-stop@example.com",
    "pat+out-of-office@example.com",
  ]);
  const answers = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ answer: string }>(
      `select concat_ws(' ', m.reading, case when k.opted_out_at is not null then 'closed' end, c.status) as answer
       from tidings.inbound_messages m
       join tidings.interactions i on i.id = m.interaction_id
       join tidings.contacts k on k.id = i.contact_id
       left join tidings.interactions c on c.reply_id = i.id
       where i.person_id like 'ANSWERED-%' order by i.person_id`,
    );
    return rows.map(({ answer }) => answer);
  };

  await expect
    .poll(answers)
    .toEqual([
      "optOut closed succeeded",
      "optOut closed succeeded",
      "optOut closed succeeded",
      "unclear",
      "refuseAll closed",
      "optOut closed",
      "automatic",
    ]);
});

test("emails to the scripted mailboxes end as their reports say", async () => {
  await startDaemon();
  await notify("MAILED", [
    "delivered@example.com",
    "delivered-then-bounced@example.com",
    "bounced-out-of-order@example.com",
    "reported-twice@example.com",
    "delayed-then-delivered@example.com",
    "complaint@example.com",
    "pat+late-bounce@example.com",
    "pat@example.com",
  ]);
  await expect
    .poll(() => standings("MAILED"))
    .toEqual([
      "succeeded emailDelivered",
      "failed emailBounced",
      "failed emailBounced",
      "succeeded emailDelivered",
      "succeeded emailDelivered",
      "succeeded emailSpamReported",
      "failed emailBounced",
      "attempted emailSent",
    ]);
  // a report by email counts by this signature, which only this installation can make
  const outbox = join(root, "outbox");
  const mails = readdirSync(outbox).filter((name) => name.endsWith(".eml"));
  expect(mails.length).toBeGreaterThan(0);
  for (const mail of mails)
    expect(readFileSync(join(outbox, mail), "utf8")).toMatch(
      /^Message-ID: <tidings\.\d+-[a-z2-7]{10}@lender\.example>/mu,
    );
});

test("receipts that were stored before a daemon is killed are applied after it, each once", async () => {
  const count = 600;
  const ids: InteractionId[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await insertAccepted(pool, `SMK${n}`));
  const first = await startDaemon();
  const keeping = keepReceipts(
    db,
    ids.flatMap((_, n) => [callback(`SMK${n}`, "sent"), callback(`SMK${n}`, "delivered")]),
  );
  await first.waitFor("receipts.applied");
  first.child.kill("SIGKILL");
  await keeping;
  await startDaemon();
  const open = async (): Promise<number> =>
    (await pool.query("select from tidings.receipt_queue")).rowCount ?? 0;
  await expect.poll(open).toBe(0);
  const { rows } = await pool.query(
    `select count(distinct i.id)::int as delivered, count(t.id)::int as moves
     from tidings.interactions i
     join tidings.interaction_transitions t on t.interaction_id = i.id and t.to_status = 'succeeded'
     where i.provider_message_id like 'SMK%' and i.status_details = 'textDelivered'`,
  );
  expect(rows).toEqual([{ delivered: count, moves: count }]);
});
