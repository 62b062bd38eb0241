/** Fields by name in lower case. The first of several fields with one name counts. */
export type Fields = ReadonlyMap<string, string>;

const FOLD = /\r?\n[ \t]+/gu;
const FIELD = /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/u;

/** Reads the groups of fields of a report, which blank lines separate (RFC 3464, 2.1). Other lines are ignored. */
export function fieldGroupsOf(text: string): Fields[] {
  return text
    .replaceAll(FOLD, " ")
    .split(/(?:\r?\n[ \t]*){2,}/u)
    .map(fieldsOf)
    .filter((fields) => fields.size > 0);
}

function fieldsOf(group: string): Fields {
  const fields = new Map<string, string>();
  for (const line of group.split(/\r?\n/u)) {
    const [, name, value = ""] = FIELD.exec(line) ?? [];
    const key = name?.toLowerCase();
    if (key !== undefined && !fields.has(key)) fields.set(key, value.trim());
  }
  return fields;
}

/** Reads the fields before the first blank line: the headers of a returned message. */
export function headersOf(text: string): Fields {
  const [head = ""] = text.replace(/^\s+/u, "").split(/\r?\n\r?\n/u, 1);
  return fieldsOf(head.replaceAll(FOLD, " "));
}

/** A value without the type in front of it, such as `rfc822;` or `smtp;`. */
export const withoutType = (value: string): string => value.replace(/^\s*[\w-]+\s*;\s*/u, "");
