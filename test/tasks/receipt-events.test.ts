import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { InteractionId } from "../../src/domain/ids.ts";
import { applyWaiting } from "../../src/receipts/applier.ts";
import { keepReceipts } from "../../src/store/receipts/receipts.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertLender, insertType } from "../lender.ts";
import { callback, insertAccepted, mailReport } from "../receipts.ts";

interface Step {
  readonly at: string;
  readonly kind: string;
  readonly MessageStatus?: string;
  readonly ErrorCode?: string;
  readonly signature?: string;
  readonly action?: string;
  readonly status?: string;
}

interface Row {
  readonly id: string;
  readonly title: string;
  readonly channel: "text" | "email";
  readonly given?: { readonly scheduledAtTo?: string };
  readonly steps: readonly Step[];
  readonly expected: {
    readonly last: { readonly status: string; readonly statusDetails?: string };
    readonly transitionsTo?: Readonly<Record<string, number>>;
    readonly via?: readonly string[];
    readonly contact?: Readonly<Record<string, boolean>>;
    readonly next?: string;
  };
}

const { events } = JSON.parse(
  readFileSync(new URL("../conformance/guard.json", import.meta.url), "utf8"),
) as { readonly events: readonly Row[] };

/** The sequences that begin with an acceptance and go on with reports. The others are answers to a call. */
const REPORTED = events.filter(({ channel, steps }) => {
  const kinds = steps.map(({ kind }) => kind);
  return (
    channel !== ("voice" as string) &&
    kinds.some((kind) => ["callback", "dsn", "complaint"].includes(kind))
  );
});

const database = useDatabase();
const { pool, db } = database;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

let sids = 0;

/** Inserts the accepted message of a row, to a contact that no other row has. Returns its id and that of the provider. */
async function accept(row: Row): Promise<readonly [id: InteractionId, sid: string]> {
  const place = (sids += 1);
  const sid = `SM${String(place).padStart(32, "0")}`;
  const value = row.channel === "text" ? `+1614555${7000 + place}` : `pat.${place}@example.com`;
  await pool.query(
    `insert into tidings.contacts (id, borrower_id, contact_type, status, value, receive_text_messages)
     values ($1, 'BO-1', $2, 'additional', $3, true)`,
    [`CT-${place}`, row.channel === "text" ? "phone" : "email", value],
  );
  const last = row.steps.at(-1)?.at ?? "";
  const latest = row.given?.scheduledAtTo;
  const isLate = latest !== undefined && latest < last;
  const id = await insertAccepted(pool, row.channel === "text" ? sid : null, {
    channel: row.channel,
    provider: row.channel === "text" ? "twilio" : "smtp",
    contactId: `CT-${place}`,
    contact: { value },
    ...(latest !== undefined && {
      scheduledAtTo: new Date(Date.now() + (isLate ? -3_600_000 : 86_400_000)),
    }),
  });
  return [id, sid];
}

async function play(row: Row): Promise<InteractionId> {
  const [id, sid] = await accept(row);
  for (const step of row.steps) {
    const said = saidBy(step);
    if (said === undefined) continue;
    await keepReceipts(db, [row.channel === "text" ? callback(sid, said) : mailReport(id, said)]);
    await applyWaiting(depsOn(database));
  }
  return id;
}

/** The report of a step; undefined for the acceptance, and for a callback that the endpoint refuses. */
function saidBy({
  kind,
  MessageStatus,
  ErrorCode,
  signature,
  action,
  status,
}: Step): string | undefined {
  if (kind === "callback" && signature === undefined)
    return [MessageStatus, ErrorCode].filter(Boolean).join(" ");
  if (kind === "dsn") return `${action ?? ""} ${status ?? ""}`;
  return kind === "complaint" ? "complaint" : undefined;
}

interface Played {
  readonly status: string;
  readonly details: string | null;
  readonly next: string | null;
  readonly moves: readonly string[];
  readonly valid: boolean;
  readonly textable: boolean;
  readonly opted_out: boolean;
}

async function read(id: InteractionId): Promise<Played> {
  const { rows } = await pool.query<Played>(
    `select i.status, i.status_details as details, n.status as next, k.valid, k.receive_text_messages as textable,
       array(select t.to_status from tidings.interaction_transitions t where t.interaction_id = i.id order by t.id) as moves,
       exists (select from tidings.consent_records c where c.contact_id = i.contact_id and c.change = 'optOut') as opted_out
     from tidings.interactions i
     join tidings.contacts k on k.id = i.contact_id
     left join tidings.interactions n on n.previous_interaction_id = i.id
     where i.id = $1`,
    [id],
  );
  const [played] = rows;
  if (played === undefined) throw new Error("the interaction is gone");
  return played;
}

describe("the sequences of reports, through the tables", () => {
  test("are all that begin with an acceptance", () => {
    expect(REPORTED.map((row) => row.id)).toEqual(
      expect.arrayContaining(["167", "168", "169", "176", "177a", "177b", "178", "181", "189"]),
    );
  });

  test.each(REPORTED.map((row) => [`${row.id} ${row.title}`, row] as const))(
    "%s",
    async (_, row) => {
      const played = await read(await play(row));
      const { last, transitionsTo = {}, via = [], contact = {} } = row.expected;
      // a notice that is due again is due as its next attempt
      if (last.status === "scheduled")
        expect(played).toMatchObject({ status: "failed", next: "scheduled" });
      else
        expect(played).toMatchObject({
          status: last.status,
          details: last.statusDetails ?? played.details,
          next: null,
        });
      for (const [status, times] of Object.entries(transitionsTo))
        expect(played.moves.filter((one) => one === status)).toHaveLength(times);
      expect(played.moves).toEqual(expect.arrayContaining([...via]));
      expect({
        valid: played.valid,
        textable: played.textable || row.channel === "email",
        optedOut: played.opted_out,
      }).toEqual({ valid: true, textable: true, optedOut: false, ...contact });
    },
  );
});
