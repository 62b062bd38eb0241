import { QUEUE_SCHEMA } from "../postgres/queue-schema.ts";
import { RIGHTS, type Rights, ROLE_KINDS, type RoleKind, type TableGrant } from "./role-rights.ts";

/** The database role for the rights of each kind. */
export type RoleNames = { readonly [Kind in RoleKind]?: string };

/**
 * The SQL that gives each named role the rights of its kind. It creates missing roles, and running it again changes
 * nothing. The owner of both schemas runs it. A name must be accepted by isRoleName.
 */
export const rolesSql = (names: RoleNames): string =>
  ROLE_KINDS.flatMap((kind) => {
    const name = names[kind];
    return name === undefined ? [] : [roleSql(name, RIGHTS[kind])];
  }).join("\n\n");

/**
 * True if a name can be written into the SQL. It has at most 63 bytes, because Postgres cuts off the rest. `public` and
 * `none` are no roles even in quotes, and names that begin with pg_ belong to Postgres.
 */
export const isRoleName = (name: string): boolean =>
  /^[\p{L}_][\p{L}\p{N}_.@-]*$/u.test(name) &&
  Buffer.byteLength(name) <= 63 &&
  !/^(public|none|current_user|current_role|session_user|pg_.*)$/.test(name);

function roleSql(name: string, rights: Rights): string {
  const { may, tables, updates, functions, queue } = rights;
  const role = `"${name}"`;
  return [
    `-- ${may}`,
    "begin;",
    // `drop policy if exists` would report each policy that a new role does not have yet
    "set local client_min_messages = warning;",
    createSql(name, role),
    `grant usage on schema tidings to ${role};`,
    ...tables.map((grant) => grantSql(grant, role)),
    ...(updates.length === 0 ? [] : [updatesSql(updates, role)]),
    ...functions.map((one) => `grant execute on function tidings.${one} to ${role};`),
    ...sequenceSql(rights, role),
    ...(queue === null ? [] : [queueSql(queue, name)]),
    "commit;",
  ].join("\n");
}

const createSql = (name: string, role: string): string => `do $$ begin
  if not exists (select from pg_roles where rolname = '${name}') then create role ${role} login; end if;
exception when insufficient_privilege then
  raise insufficient_privilege using message = 'role ${name} does not exist, and ' || current_user || ' may not create it',
    hint = 'create it as an administrator, then run this SQL again';
end $$;`;

function grantSql({ privileges, tables }: TableGrant, role: string): string {
  const on =
    tables === "*"
      ? "all tables in schema tidings"
      : tables.map((table) => `tidings.${table}`).join(", ");
  return `grant ${privileges} on ${on} to ${role};`;
}

function sequenceSql({ sequences, readsSequences }: Rights, role: string): string[] {
  if (sequences === "*")
    return [`grant usage, select, update on all sequences in schema tidings to ${role};`];
  const own = sequences.map((table) => `tidings.${table}_id_seq`);
  return [
    ...(readsSequences ? [`grant select on all sequences in schema tidings to ${role};`] : []),
    ...own.map((sequence) => `grant usage, update on sequence ${sequence} to ${role};`),
  ];
}

/** Columns that a later migration adds are granted when the SQL runs again. */
const updatesSql = (tables: readonly string[], role: string): string => `do $$
declare
  granted record;
begin
  for granted in
    select a.attrelid::regclass as name, string_agg(quote_ident(a.attname), ', ') as columns
    from pg_attribute a
    where a.attrelid = any(array[${tables.map((table) => `'tidings.${table}'`).join(", ")}]::regclass[])
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    group by a.attrelid
  loop
    execute format('grant update (%s) on %s to ${role}', granted.columns, granted.name);
  end loop;
end $$;`;

/** The queue's tables have row level security without a policy, so a role sees no rows without these policies. They have its name. */
const queueSql = (privileges: "all" | "select", name: string): string => `
grant usage on schema ${QUEUE_SCHEMA} to "${name}";
grant ${privileges} on all tables in schema ${QUEUE_SCHEMA} to "${name}";${
  privileges === "all"
    ? `
grant all on all sequences in schema ${QUEUE_SCHEMA} to "${name}";
grant execute on all functions in schema ${QUEUE_SCHEMA} to "${name}";`
    : ""
}
do $$
declare
  queue_table regclass;
begin
  for queue_table in
    select c.oid from pg_class c where c.relnamespace = '${QUEUE_SCHEMA}'::regnamespace and c.relrowsecurity
  loop
    execute format('drop policy if exists %I on %s', '${name}', queue_table);
    execute format('create policy %I on %s for all to "${name}" using (true) with check (true)', '${name}', queue_table);
  end loop;
end $$;`;
