import { parse, type Position, positionAt, offsetOf } from "./syntax.ts";

/** A syntax error with its position. */
export interface SyntaxFault {
  readonly at: Position;
  readonly message: string;
}

/** A source that can be parsed, of the same length: what could not be read is replaced by spaces. */
export interface Recovered {
  readonly text: string;
  readonly faults: readonly SyntaxFault[];
}

/**
 * Returns every syntax error of a source, and a source that can be checked in spite of them. Handlebars stops at the first error,
 * so the author would need another push for each of the others.
 */
export function recover(source: string): Recovered {
  const parsed = parse(source, "asWritten");
  if (parsed.kind === "parsed") return { text: source, faults: [] };
  const tags = tagsIn(source);
  const unreadable = tags.flatMap((tag) => tagFault(tag, source) ?? []);
  const isUnreadable = (tag: Tag): boolean => unreadable.some((fault) => fault.tag === tag);
  const pairs = new Map<Tag, Tag>();
  const paired = tags.filter((tag) => tag.kind === "opens" || !isUnreadable(tag));
  const unpaired = blockFaults(paired, source, pairs).filter(({ tag }) => !isUnreadable(tag));
  const found = [
    ...unreadable.map((fault) => ({ ...fault, alsoBlank: pairs.get(fault.tag) ?? fault.tag })),
    ...unpaired,
  ].toSorted((one, other) => one.offset - other.offset);
  const text = found.reduce(
    (rest, { tag, alsoBlank }) => blank(blank(rest, tag), alsoBlank ?? tag),
    source,
  );
  const faults = found.map(({ offset, message }) => ({ at: positionAt(source, offset), message }));
  if (faults.length > 0 && parse(text, "asWritten").kind === "parsed") return { text, faults };
  const all = faults.length > 0 ? faults : [{ at: parsed.at, message: parsed.message }];
  return { text: source.replaceAll(/[^\n]/g, " "), faults: all };
}

interface Tag {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly kind: "opens" | "closes" | "else" | "unclosed" | "other";
  /** The name of a block. */
  readonly name: string;
}

interface TagFault {
  readonly tag: Tag;
  /** The other tag of a pair that does not fit. */
  readonly alsoBlank?: Tag;
  readonly offset: number;
  readonly message: string;
}

/** Comments; else up to `}}`, the next `{{` or the end. Quoted text may contain braces. */
const TAG =
  /\{\{~?!--[^]*?--~?\}\}|\{\{~?![^]*?\}\}|\{\{\{?(?:"[^"\n]*"|'[^'\n]*'|(?!\{\{)[^}]|\}(?!\}))*(?:\}\}\}?|)/g;

function tagsIn(source: string): readonly Tag[] {
  return [...source.matchAll(TAG)].map(({ index, 0: text }) => tagOf(index, text));
}

function tagOf(from: number, text: string): Tag {
  if (!text.endsWith("}}")) {
    const [line = ""] = text.split("\n");
    return { from, to: from + line.length, text: line, kind: "unclosed", name: "" };
  }
  const body = text.replace(/^\{\{\{?~?/, "").replace(/~?\}\}\}?$/, "");
  const [, opened = ""] = /^(?:#\*?>?|\^)\s*([^\s~]+)/.exec(body) ?? [];
  const [, closed = ""] = /^\/\s*(\S+)/.exec(body) ?? [];
  const kind = (): Tag["kind"] => {
    if (/^\s*(?:else\b|\^\s*$)/.test(body)) return "else";
    if (opened !== "") return "opens";
    return closed === "" ? "other" : "closes";
  };
  return { from, to: from + text.length, text, kind: kind(), name: opened || closed };
}

const ELSE_FRAME = "{{#if x}}";

/** Parses one tag alone. */
function tagFault(tag: Tag, source: string): TagFault | undefined {
  const { kind, name, text, from } = tag;
  if (kind === "unclosed")
    return { tag, offset: from, message: "This tag is not closed. Write }} at its end." };
  if (kind === "closes") return undefined;
  const before = kind === "else" ? ELSE_FRAME : "";
  const after = { else: "{{/if}}", opens: `{{/${name}}}`, other: "" }[kind];
  const probe = before + text + after;
  const parsed = parse(probe, "asWritten");
  if (parsed.kind === "parsed") return undefined;
  const inside = offsetOf(probe, parsed.at) - before.length;
  const offset = Math.min(from + Math.max(0, inside), source.length);
  return { tag, offset, message: parsed.message };
}

/** Pairs the tags that open and close blocks, and notes the pairs. One slip gives one fault. */
function blockFaults(
  tags: readonly Tag[],
  source: string,
  pairs: Map<Tag, Tag>,
): readonly TagFault[] {
  const faults: TagFault[] = [];
  const open: Tag[] = [];
  for (const tag of tags) {
    if (tag.kind === "opens") open.push(tag);
    if (tag.kind === "else" && open.length === 0)
      faults.push({ tag, offset: tag.from, message: `${tag.text} is outside a block. Delete it.` });
    if (tag.kind !== "closes") continue;
    const match = open.findLast(({ name }) => name === tag.name);
    if (match !== undefined) pairs.set(match, tag);
    faults.push(...close(tag, open, source));
  }
  return [...faults, ...open.map((tag) => notClosed(tag))];
}

/** Takes the block that `tag` closes off the stack, with those inside it that were not closed. */
function close(tag: Tag, open: Tag[], source: string): readonly TagFault[] {
  const at = open.findLastIndex(({ name }) => name === tag.name);
  if (at >= 0) {
    const inside = open.splice(at);
    return inside.slice(1).map((one) => notClosed(one));
  }
  const last = open.pop();
  const wrong = { tag, offset: tag.from };
  if (last === undefined)
    return [{ ...wrong, message: `${tag.text} closes no block. Delete it, or open the block.` }];
  const { line } = positionAt(source, last.from);
  const message = `${tag.text} does not close ${last.text} of line ${line}. Write {{/${last.name}}}.`;
  return [{ ...wrong, alsoBlank: last, message }];
}

const notClosed = (tag: Tag): TagFault => ({
  tag,
  offset: tag.from,
  message: `${tag.text} is not closed. Write {{/${tag.name}}} where it ends.`,
});

const blank = (text: string, { from, to }: Tag): string =>
  text.slice(0, from) + text.slice(from, to).replaceAll(/[^\n]/g, " ") + text.slice(to);
