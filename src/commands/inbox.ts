import type { InteractionId } from "../domain/ids.ts";
import type { Db } from "../store/postgres/db.ts";
import { recordConsentRow } from "../store/replies/consent.ts";
import { handleInbound, listOpenInbound, type OpenInbound } from "../store/replies/inbound.ts";
import { JSON_OPTION, type Output, printResult } from "./cli/json.ts";
import { readInteractionId, refuseAlone } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { EXIT, type ExitCode } from "./cli/exit-codes.ts";
import { aligned, counted } from "./cli/layout.ts";
import { momentsIn, type ShowMoment } from "./cli/moment.ts";
import { BY_OPTION, readOperator, readReason, REASON_OPTION } from "./cli/operator.ts";

/**
 * Lists the inbound messages that wait for a person, or marks one as handled. The exit code is `notFound` if the message that was named
 * does not wait.
 */
export const inbox = command({
  name: "inbox",
  summary: "list the replies that wait for a person, or mark one as handled",
  takes: '[INTERACTION_ID --reason "…" [--opt-out] [--by NAME]] [--json]',
  details: `A reply waits if its words may be a refusal, contain no keyword, ask for help, or come from
somebody unknown. \`tidings show ID --reveal\` shows the words. While one that may be a refusal waits,
no text and nothing about collection is sent to its contacts. --opt-out records that it is one.`,
  operands: ["[INTERACTION_ID]"],
  options: {
    ...JSON_OPTION,
    ...REASON_OPTION,
    "opt-out": { type: "boolean", message: "the reply is an opt-out: record it" },
    ...BY_OPTION,
  },
  async run({ operands: [operand], options, print }) {
    if (operand === undefined) {
      refuseAlone(options, ["reason", "opt-out", "by"], "the id of the reply");
      return await withDatabase("inbox", async (db, { lender }) => {
        const open = await listOpenInbound(db);
        print(
          options.json === true ? inboxJson(open) : inboxPage(open, momentsIn(lender.timeZone)),
        );
        return EXIT.done;
      });
    }
    const id = readInteractionId("INTERACTION_ID", operand);
    const reason = readReason(options.reason);
    const operator = readOperator(options.by);
    const isOptOut = options["opt-out"] === true;
    const optedOut = await withDatabase(`operator:${operator}`, (db) =>
      handle(db, id, { reason, isOptOut }),
    );
    return printHandled({ print, json: options.json === true }, id, optedOut);
  },
});

interface Decision {
  readonly reason: string;
  readonly isOptOut: boolean;
}

/**
 * Handles the reply and records the opt-out together. A daemon writes it to the contact. Resolves to the number of contacts that opted
 * out; null if the reply is no opt-out, undefined if it does not wait.
 */
async function handle(
  db: Db,
  id: InteractionId,
  { reason, isOptOut }: Decision,
): Promise<number | null | undefined> {
  return await db.transaction().execute(async (transaction) => {
    const contactIds = await handleInbound(transaction, id, reason);
    if (contactIds === undefined) return undefined;
    if (!isOptOut) return null;
    return await recordConsentRow(transaction, {
      contactIds,
      change: "optOut",
      scopes: ["collection"],
      source: "reply",
      interactionId: id,
      reason,
    });
  });
}

function printHandled(
  output: Output,
  id: InteractionId,
  optedOut: number | null | undefined,
): ExitCode {
  const isHandled = optedOut !== undefined;
  const consent =
    isHandled && optedOut !== null ? ` ${counted(optedOut, "contact")} opted out.` : "";
  printResult(output, { interactionId: id, isHandled, optedOut: optedOut ?? null }, [
    isHandled
      ? `Reply ${id} is handled.${consent}`
      : `Interaction ${id} is no reply that waits for a person; nothing was changed.`,
  ]);
  return isHandled ? EXIT.done : EXIT.notFound;
}

const inboxJson = (open: readonly OpenInbound[]): string => JSON.stringify({ replies: open });

function inboxPage(open: readonly OpenInbound[], show: ShowMoment): string {
  if (open.length === 0) return "No reply waits for a person.";
  const rows = open.map((one) => [
    one.interactionId,
    show(one.receivedAt),
    one.channel,
    one.reading,
    one.borrowerId === null ? "unknown sender" : `borrower ${one.borrowerId}`,
    one.previousInteractionId === null ? "" : `answers ${one.previousInteractionId}`,
    one.suppresses ? "holds messages" : "",
  ]);
  return [
    ...aligned(rows).map((line) => line.trimEnd()),
    "",
    `${open.length === 1 ? "1 reply" : `${open.length} replies`}. \`tidings show ID --reveal\` shows the words.`,
  ].join("\n");
}
