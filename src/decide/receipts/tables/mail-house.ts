import { NO_RETRY, type ReceiptTable } from "../table.ts";

/** Letters, by the statuses that print services have in common. */
export const MAIL_HOUSE: ReceiptTable = {
  provider: "mailHouse",
  channel: "mail",
  source:
    "our own words; 12 CFR 1006.42 comment 42(a)(1)-2 and 1006.34 comment 34(b)(5)-2 on returned mail",
  asOf: "2026-11-20",
  statuses: [
    {
      rawStatus: "accepted",
      rank: 1,
      progress: { status: "attempted", statusDetails: "mailSent" },
    },
    {
      rawStatus: "inTransit",
      rank: 2,
      progress: { status: "attempted", statusDetails: "mailSent" },
    },
    { rawStatus: "forwarded", rank: 3, progress: null, contact: [{ kind: "newAddress" }] },
    {
      rawStatus: "delivered",
      rank: 4,
      progress: { status: "succeeded", statusDetails: "mailDelivered" },
    },
    // a letter may come back weeks after it was put into a mailbox
    {
      rawStatus: "returned",
      rank: 5,
      progress: { status: "failed", statusDetails: "mailReturned" },
      readsCode: true,
    },
  ],
  sequences: [["accepted", "inTransit", "forwarded", "delivered", "returned"]],
  meaningOf: () => ({
    short: "Returned to sender",
    long: "The letter came back. Get another address from the borrower, or use another channel.",
    isNamed: true,
    contact: [{ kind: "invalid" }],
    retry: NO_RETRY,
    ruleId: "delivery.undelivered",
  }),
};
