declare const kind: unique symbol;
/** A text that the compiler takes only where an id of this kind belongs. */
type Id<Kind extends string> = string & { readonly [kind]: Kind };

/** The id of an interaction: one attempt to send a notice, or a logged communication. */
export type InteractionId = Id<"interaction">;
/** The id of a case change. */
export type CaseChangeId = Id<"caseChange">;
/** The id of a chain: that of its first attempt. */
export type ChainId = Id<"chain">;
/** The id of a set of case changes that wait to be resolved together. */
export type ChangeSetId = Id<"changeSet">;
/** The id of a daemon. */
export type WorkerId = Id<"worker">;

/** The id of a borrower, which the core system chooses: any text. */
export type BorrowerId = Id<"borrower">;
/** The id of a case, which the core system chooses: any text. */
export type CaseId = Id<"case">;
/** The id of a contact, which the core system chooses: any text. */
export type ContactId = Id<"contact">;
/** The id of a loan, which the core system chooses: any text. */
export type LoanId = Id<"loan">;
/** The id of a row of the history, record_changes. */
export type RecordChangeId = Id<"recordChange">;
/** The id of a receipt. */
export type ReceiptId = Id<"receipt">;
/** Ids that the database numbers. */
export type NumberedId =
  | ReceiptId
  | InteractionId
  | CaseChangeId
  | ChainId
  | ChangeSetId
  | RecordChangeId;

/** The largest id that the database can number a row with. */
export const LARGEST_ID = 2n ** 63n - 1n;

/**
 * Reads digits as a whole number from 0 to LARGEST_ID; undefined for any other text. No row has the id 0. It means "before the first
 * row" where a list begins after an id.
 */
function parseNumber(text: string): string | undefined {
  if (!/^\d{1,19}$/.test(text)) return undefined;
  const number = BigInt(text);
  return number <= LARGEST_ID ? number.toString() : undefined;
}

/** The id of a message that belongs to no interaction. */
export const NO_INTERACTION = "0" as InteractionId;

/** The chain of a test message, whose Message-ID names no notice. */
export const testChainId = (word: string): ChainId => `test.${word}` as ChainId;

/** Reads the id of an interaction that came from outside; undefined for a text that cannot be one. */
export const parseInteractionId = (text: string): InteractionId | undefined =>
  parseNumber(text) as InteractionId | undefined;

/** Reads the id of a case change that came from outside; undefined for a text that cannot be one. */
export const parseCaseChangeId = (text: string): CaseChangeId | undefined =>
  parseNumber(text) as CaseChangeId | undefined;

/** All case changes come after this id. No row has it. */
export const BEFORE_ALL_CHANGES = "0" as CaseChangeId;

/** The name of a daemon among the others: its host, its process id and a few random characters. */
export const nameWorker = (host: string, pid: number, random: string): WorkerId =>
  `${host}-${pid}-${random}` as WorkerId;

/** Ids of the rows that a dry run only forecasts. No row has these ids. */
export const FORECAST = { interactionId: "0" as InteractionId, chainId: "0" as ChainId } as const;

/** The id of the case change of a line of a file, which is not stored. */
export const idOfLine = (line: number): CaseChangeId => String(line) as CaseChangeId;

// These read an id of the core system that came from outside. It may be any text.
export const parseBorrowerId = (text: string): BorrowerId => text as BorrowerId;
export const parseCaseId = (text: string): CaseId => text as CaseId;
export const parseContactId = (text: string): ContactId => text as ContactId;
export const parseLoanId = (text: string): LoanId => text as LoanId;
