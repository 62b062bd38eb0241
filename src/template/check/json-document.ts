import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import type { Finding } from "../../domain/template/finding.ts";
import type { SchemaIssue } from "../../domain/template/schema-issues.ts";
import { type Position, positionAt } from "../language/syntax.ts";

/** A JSON file with the positions of its fields. */
export interface JsonDocument {
  readonly name: string;
  /** The value, or of a file with errors what can be read of it. */
  readonly value: unknown;
  /** False if text at the end could not be read, so that fields may be missing in the value only. */
  readonly isWhole: boolean;
  readonly faults: readonly Finding[];
  /** Returns the position of a field, or of the nearest object around it. */
  readonly placeOf: (path: readonly PropertyKey[]) => Position;
}

const START: Position = { line: 1, column: 1 };

/** A value without positions, such as a stored sample. */
export const storedDocument = (name: string, value: unknown): JsonDocument => ({
  name,
  value,
  isWhole: true,
  faults: [],
  placeOf: () => START,
});

/** Reads a file and returns all its errors. `JSON.parse` stops at the first and has no positions of fields. */
export function readJson({
  name,
  text,
}: {
  readonly name: string;
  readonly text: string;
}): JsonDocument {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: false, disallowComments: true });
  const faultAt = (offset: number, message: string): Finding => ({
    file: name,
    ...positionAt(text, offset),
    message,
  });
  if (errors.length > 0 && root?.type !== "object")
    return { ...storedDocument(name, undefined), faults: [faultAt(0, notAnObject(text))] };
  const first = firstOfEachLine(errors, text);
  const faults = [
    ...first.map((error) => faultAt(...explain(error, text))),
    ...repeatedIn(root).map(({ offset, key }) =>
      faultAt(offset, `${key} is here a second time, and only the last one counts. Delete one.`),
    ),
  ];
  return {
    name,
    value: root && (errors.length === 0 ? (JSON.parse(text) as unknown) : getNodeValue(root)),
    isWhole: !errors.some(({ error }) => LOSES_TEXT.has(printParseErrorCode(error))),
    faults,
    placeOf: (path) => positionAt(text, offsetOf(root, path)),
  };
}

const LOSES_TEXT = new Set([
  "CloseBraceExpected",
  "CloseBracketExpected",
  "UnexpectedEndOfString",
  "InvalidSymbol",
]);

/** One slip causes several errors in its line; after a text that is not closed, everything is one. */
function firstOfEachLine(errors: readonly ParseError[], text: string): readonly ParseError[] {
  const lines = new Set<number>();
  const open = errors.findIndex(
    ({ error }) => printParseErrorCode(error) === "UnexpectedEndOfString",
  );
  const counted = open < 0 ? errors : errors.slice(0, open + 1);
  return counted.filter(({ offset }) => {
    const { line } = positionAt(text, offset);
    if (lines.has(line)) return false;
    lines.add(line);
    return true;
  });
}

const SENTENCES: Readonly<Record<string, string>> = {
  InvalidNumberFormat: "This number cannot be read.",
  PropertyNameExpected: "Write the name of a field here, in double quotes.",
  ValueExpected: "A value is missing here.",
  ColonExpected: "Write a colon between the name and the value.",
  CommaExpected: "Write a comma before this.",
  CloseBraceExpected: "An object is not closed. Write } at its end.",
  CloseBracketExpected: "A list is not closed. Write ] at its end.",
  EndOfFileExpected: "The object has ended before this. Delete what follows it.",
  InvalidCommentToken: "JSON has no comments. Delete this one.",
  UnexpectedEndOfComment: "JSON has no comments. Delete this one.",
  UnexpectedEndOfString:
    'This text is not closed. Write " at its end; a line break in it is written as \\n.',
  UnexpectedEndOfNumber: "This number is not complete.",
  InvalidUnicode: "After \\u there are four hexadecimal digits.",
  InvalidEscapeCharacter: 'After a backslash there is one of " \\ / b f n r t u.',
  InvalidCharacter: "This control character must be written as an escape such as \\t.",
};

const notAnObject = (text: string): string =>
  text.trim() === ""
    ? "The file is empty. Write an object: {…}."
    : "This is not JSON. Write an object: {…}.";

/** The offset and the sentence for one error. */
function explain({ error, offset }: ParseError, text: string): [number, string] {
  const code = printParseErrorCode(error);
  const here = text[offset] ?? "";
  if (/[}\]]/.test(here) && code !== "CommaExpected") {
    const comma = text.slice(0, offset).trimEnd().length - 1;
    if (text[comma] === ",") return [comma, `There is a comma before ${here}. Delete the comma.`];
  }
  if (offset >= text.trimEnd().length && !code.startsWith("Close"))
    return [offset, SENTENCES["CloseBraceExpected"] ?? ""];
  if (here === "'") return [offset, "JSON has no single quotes. Write double quotes."];
  if (code === "InvalidSymbol")
    return [offset, "Put text in double quotes. Only numbers, true, false and null have none."];
  return [offset, SENTENCES[code] ?? "This is not JSON."];
}

function repeatedIn(node: Node | undefined): readonly { offset: number; key: string }[] {
  if (node === undefined) return [];
  const inside = (node.children ?? []).flatMap(repeatedIn);
  if (node.type !== "object") return inside;
  const seen = new Set<string>();
  const again = (node.children ?? []).flatMap(({ offset, children }) => {
    const key = String(children?.[0]?.value);
    if (seen.has(key)) return [{ offset, key }];
    seen.add(key);
    return [];
  });
  return [...again, ...inside];
}

function offsetOf(root: Node | undefined, path: readonly PropertyKey[]): number {
  if (root === undefined) return 0;
  const found = findNodeAtLocation(
    root,
    path.filter((key) => typeof key !== "symbol"),
  );
  if (found === undefined) return offsetOf(root, path.slice(0, -1));
  return found.parent?.type === "property" ? found.parent.offset : found.offset;
}

/** Returns the schema's issues as findings. Of a file that is not whole, nothing is said to be missing. */
export function schemaFindings(
  document: JsonDocument,
  issues: readonly SchemaIssue[],
): readonly Finding[] {
  return issues
    .filter(({ kind }) => document.isWhole || kind === "wrong")
    .map(({ path, message }) => ({ file: document.name, ...document.placeOf(path), message }));
}
