import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { spawnDaemon } from "../daemon-process.ts";
import { useDatabase } from "../database.ts";
import { insertInteractions } from "../interactions.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { httpError, openScriptedHttp } from "../providers/scripted-http.ts";
import { openScriptedSmtp } from "../providers/scripted-smtp.ts";

const { url, pool } = useDatabase();

test("while Twilio's list of messages hangs, an email is sent", async () => {
  await insertLender(pool);
  await pool.query("insert into tidings.case_types (id) values ('texted')");
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 2, channel: "text", caseTypes: ["texted"] });
  const dir = mkdtempSync(join(tmpdir(), "tidings-hanging-"));
  const asked = Promise.withResolvers<void>();
  const twilio = await openScriptedHttp((response, form, request) => {
    if (request.method === "POST") httpError(503, 20_503)(response, form, request);
    else asked.resolve();
  });
  const mail = await openScriptedSmtp();
  const daemon = spawnDaemon({
    DATA_DIR: dir,
    DATABASE_URL: url,
    DELIVERY: "live",
    SMTP_URL: `smtp://tidings:secret@127.0.0.1:${mail.port}`,
    EMAIL_FROM: "Example Lender <notices@lender.example>",
    TWILIO_ACCOUNT_SID: `AC${"0".repeat(32)}`,
    TWILIO_AUTH_TOKEN: "secret",
    TWILIO_FROM: "+15005550006",
    TWILIO_API_URL: `http://127.0.0.1:${twilio.port}`,
    TEXT_SETTLES: "1s 1s 1s 1s",
    CONCURRENCY: "1",
  });
  await daemon.waitFor("daemon.started");
  const unknown = await insertInteractions(pool, 30, {
    channel: "text",
    status: "attempted",
    statusDetails: "textOutcomeUnknown",
    content: { to: "+16145550101", body: "A notice" },
    notificationTypeId: 2,
  });
  await pool.query("select tidings.queue_settlements($1::bigint[], now(), 0)", [unknown]);
  await asked.promise;
  const at = new Date().toISOString();
  await insertChanges(pool, [{ caseId: "EMAIL", status: "initiated", at }]);
  expect(await daemon.waitFor("interaction.accepted")).toMatchObject({ provider: "smtp" });
  daemon.child.kill("SIGKILL");
  await daemon.ended;
  await Promise.all([twilio.close(), mail.close()]);
  rmSync(dir, { recursive: true });
});
