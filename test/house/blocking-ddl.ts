/** A rule for one kind of statement: the refused form, and the alternative. */
interface Rule {
  readonly refused: RegExp;
  /** The pattern that makes the statement harmless. */
  readonly unless?: RegExp;
  readonly instead: string;
}

/** Tables that grow with every case change: a statement over all their rows takes minutes or hours. */
const LARGE = "cases|case_changes|case_moves|interactions|interaction_transitions";

/** For statements on tables that exist already. A table that the same file creates is empty and not in use yet. */
const RULES: readonly Rule[] = [
  {
    refused: /^create (unique )?index /,
    unless: /^create (unique )?index concurrently /,
    instead: "create the index concurrently, in a file of its own",
  },
  {
    refused: /^drop index /,
    unless: /^drop index concurrently /,
    instead: "drop the index concurrently, in a file of its own",
  },
  {
    refused: /^(reindex|cluster|vacuum full|lock table|truncate) /,
    instead: "it holds an exclusive lock for as long as it runs",
  },
  {
    refused: /\badd (constraint \w+ )?(check|foreign key) ?\(/,
    unless: /\bnot valid$/,
    instead: "add the constraint `not valid`, and validate it in a later file",
  },
  {
    refused: /\badd (constraint \w+ )?(unique|primary key|exclude) /,
    unless: /\b(unique|primary key) using index /,
    instead: "create the unique index concurrently, then add the constraint `using index`",
  },
  {
    refused: /^alter table .*\badd column .*\b(check ?\(|references|unique|primary key)/,
    instead: "add the column first, then its constraint `not valid`",
  },
  {
    refused: /^alter domain .*\badd (constraint \w+ )?check/,
    unless: /\bnot valid$/,
    instead: "add the constraint `not valid`, and validate it in a later file",
  },
  {
    refused: /\badd (check|foreign key|unique|primary key) ?\(/,
    instead: "name the constraint, because refusals show its name",
  },
  {
    refused: /\badd constraint .*\badd constraint /,
    instead: "add one constraint in a statement",
  },
  {
    refused: /\balter (column )?"?\w+"? (set data )?type /,
    instead: "add a column of the new type, write both, copy in batches, then read the new one",
  },
  {
    refused: /\bset not null\b/,
    instead: "add `check (… is not null) not valid`, and validate it in a later file",
  },
  {
    refused: /\badd column .*\bnot null\b/,
    unless: /\bdefault\b/,
    instead: "give the column a default, or let it be null",
  },
  {
    refused:
      /\badd column .*(\bserial\b|\bbigserial\b|\bidentity\b|\bstored\b|\bdefault .*(clock_timestamp|random|nextval|gen_random_uuid))/,
    instead: "it writes every row again: add the column without it, and fill it in batches",
  },
  {
    refused: /\brename\b/,
    instead:
      "daemons of the version before use the old name: add the new one, and drop the old later",
  },
  {
    refused: new RegExp(String.raw`^(update|delete from) (only )?tidings\.(${LARGE})\b`),
    instead: "change the rows of a large table in batches, by a task and not by a migration",
  },
];

const CONTRACT_NAME = /^\d{4}_contract_/;
const CONTRACTS = /^drop (table|view|function|domain|trigger)\b|\bdrop column\b/;

/** Statements in lower case with single spaces, without comments, function bodies and strings. */
export function statementsOf(text: string): string[] {
  const bare = text
    .replaceAll(/\$(\w*)\$.*?\$\1\$/gs, "''")
    .replaceAll(/--.*/g, "")
    .replaceAll(/'(?:[^']|'')*'/g, "''");
  return bare
    .split(";")
    .map((one) => one.replaceAll(/\s+/g, " ").trim().toLowerCase())
    .filter((one) => one !== "");
}

const TABLE_OF =
  /^(?:create (?:unique )?index .*? on|alter table(?: if exists)?|create table(?: if not exists)?) (?:only )?([\w."]+)/;

const tableOf = (statement: string): string | undefined => TABLE_OF.exec(statement)?.[1];

/**
 * Lists the statements of a migration that would block, one sentence each; empty if it may land. `name` is without
 * `.sql`.
 */
export function findBlockingDdl(name: string, text: string): string[] {
  const statements = statementsOf(text);
  const created = new Set(statements.filter((one) => one.startsWith("create table ")).map(tableOf));
  const onExisting = statements.filter(
    (one) => !created.has(tableOf(one)) || tableOf(one) === undefined,
  );
  return [
    ...onExisting.flatMap((statement) => blocked(statement)),
    ...findLateValidation(statements),
    ...findMixedConcurrent(statements),
    ...findContracts(name, statements),
  ];
}

const blocked = (statement: string): string[] =>
  RULES.filter(
    ({ refused, unless }) => refused.test(statement) && unless?.test(statement) !== true,
  ).map(({ instead }) => `${statement}: ${instead}`);

/** In one transaction a validation would hold the lock that adding the constraint took. */
function findLateValidation(statements: readonly string[]): string[] {
  const adds = statements.some((one) => one.endsWith(" not valid"));
  return statements
    .filter((one) => adds && /\bvalidate constraint\b/.test(one))
    .map((one) => `${one}: validate in a file after the one that adds the constraint`);
}

/**
 * Such a file runs outside a transaction, so it may contain nothing else, and a second try finds the remains of the
 * first one.
 */
function findMixedConcurrent(statements: readonly string[]): string[] {
  if (!statements.some((one) => one.includes(" concurrently "))) return [];
  const others = statements.filter((one) => !/^(create|drop) .*index concurrently /.test(one));
  const dropped = (index: string): boolean =>
    statements.some((one) => one.startsWith(`drop index concurrently if exists tidings.${index}`));
  const unsafe = statements
    .map((one) => /index concurrently (?!if )(\w+) on /.exec(one)?.[1])
    .filter((index) => index !== undefined && !dropped(index));
  return [
    ...others.map((one) => `${one}: a file with \`concurrently\` holds nothing else`),
    ...unsafe.map(
      (index) =>
        `${index}: first \`drop index concurrently if exists\` what a failed try left behind`,
    ),
  ];
}

/** A dropped column or table must be unused since the version before, so the file declares a contraction. */
const findContracts = (name: string, statements: readonly string[]): string[] =>
  statements
    .filter((one) => CONTRACTS.test(one) && !CONTRACT_NAME.test(name))
    .map((one) => `${one}: only a file named NNNN_contract_… drops what an earlier version used`);
