import { sql, type RawBuilder } from "kysely";
import type { NumberedId } from "../../domain/ids.ts";

/** The types that Postgres may read the values of a member as. `null` fits each of them. */
type ColumnType<Value> = [Value] extends [boolean]
  ? "boolean"
  : [Value] extends [Date]
    ? "timestamptz"
    : [Value] extends [number]
      ? "int"
      : [Value] extends [NumberedId]
        ? "bigint"
        : [Value] extends [string]
          ? "text"
          : [Value] extends [readonly NumberedId[]]
            ? "bigint[]"
            : "jsonb";

/** The types of columns by their names. A name must be a member of the row, and its type must fit the member. */
type ColumnsOf<Row, Name> = {
  readonly [Each in keyof Row & Name]: ColumnType<NonNullable<Row[Each]>>;
} & { readonly [Each in Exclude<Name, keyof Row> & PropertyKey]: never };

/**
 * Rows as a table of a statement: one parameter, so that the statement has one form for any number of rows. Members that
 * are not columns are not read.
 */
export const recordset = <Row extends object, Name extends string>(
  table: string,
  columns: Readonly<Record<Name, string>> & ColumnsOf<NoInfer<Row>, Name>,
  rows: readonly Row[],
): RawBuilder<Row> =>
  sql`json_to_recordset(${JSON.stringify(rows)}::json) as ${sql.raw(tableOf(table, columns))}`;

/** `name("first" type, "second" type)`. Quoted here, because kysely would write `sql.ref` in snake case. */
export const tableOf = (table: string, columns: object): string =>
  `${table}(${Object.entries(columns)
    .map(([name, type]) => `"${name}" ${type}`)
    .join(", ")})`;
