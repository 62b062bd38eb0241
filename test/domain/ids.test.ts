import { describe, expect, test } from "vitest";
import type { Deps } from "../../src/deps.ts";
import {
  LARGEST_ID,
  parseCaseChangeId,
  parseInteractionId,
  type BorrowerId,
  type CaseChangeId,
  type CaseId,
  type ChainId,
  type ChangeSetId,
  type InteractionId,
} from "../../src/domain/ids.ts";
import { createInFlight } from "../../src/delivery/in-flight.ts";
import { listContacts } from "../../src/store/api/contacts.ts";
import { loadCaseFacts } from "../../src/store/dry-run/case-facts.ts";
import { claimChangeSet } from "../../src/store/resolve/resolve-queue.ts";

describe.each([
  ["an interaction", parseInteractionId],
  ["a case change", parseCaseChangeId],
])("the id of %s", (_, parse) => {
  test.each(["0", "1", "4711", String(LARGEST_ID)])("can be %s", (text) => {
    expect(parse(text)).toBe(text);
  });

  test("is the same with zeros before it", () => {
    expect(parse("007")).toBe("7");
  });

  test.each(["", "-1", "1.5", "1e3", " 1", "1 ", "0x1", "ext-1", String(LARGEST_ID + 1n)])(
    "cannot be %j",
    (text) => {
      expect(parse(text)).toBeUndefined();
    },
  );
});

/** `npm run types` fails where one of these lines compiles: each would confuse two ids, or skip the check of one. */
export function confuse(
  { interaction, change, chain, set, borrower, theCase }: Ids,
  text: string,
  { emit, db }: Pick<Deps, "emit" | "db">,
): void {
  const inFlight = createInFlight();
  inFlight.reserve([interaction]);
  // @ts-expect-error a case change is no interaction
  inFlight.reserve([change]);
  // @ts-expect-error a chain is no interaction, though it has the id of one
  inFlight.reserve([chain]);
  // @ts-expect-error any text is no interaction
  inFlight.reserve([text]);
  // @ts-expect-error an interaction is no case change
  emit("caseChange.notResolved", { caseChangeId: interaction, code: "23505" });
  // @ts-expect-error a set of case changes is no case change
  emit("caseChange.notResolved", { caseChangeId: set, code: "23505" });
  // @ts-expect-error a case change is no set of case changes
  void claimChangeSet(db, change);
  // @ts-expect-error a borrower is no case
  void loadCaseFacts(db, borrower);
  // @ts-expect-error a case is no borrower
  void listContacts(db, theCase);
}

interface Ids {
  readonly interaction: InteractionId;
  readonly change: CaseChangeId;
  readonly chain: ChainId;
  readonly set: ChangeSetId;
  readonly borrower: BorrowerId;
  readonly theCase: CaseId;
}
