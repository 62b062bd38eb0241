import type { Finding } from "../../domain/template/finding.ts";
import {
  type InsertionContext,
  calledBy,
  type InsertionPoint,
  insertionPointsIn,
  partialFault,
  type Partials,
  slotFault,
  slotName,
  unusedSlot,
} from "./insertion-points.ts";
import { type File, originIn, type Fragment, textOfFragments } from "./fragments.ts";
import { recover } from "../language/recover.ts";
import {
  endOf,
  offsetOf,
  parse,
  type PartialBlock,
  type PartialTag,
  type Position,
  positionAt,
  positionOf,
  type Program,
  statementsOf,
} from "../language/syntax.ts";

/** A part with every partial inlined. It may be stored only if there are no findings. */
export interface Assembled {
  readonly source: string;
  readonly findings: readonly Finding[];
  /** The partials that were inlined. */
  readonly partials: readonly File[];
  /** Maps a position in the assembled source to the file in which it was written. */
  readonly originOf: (at: Position) => Position & { readonly file: string };
}

/** The partials and slots that are in scope while a file is expanded. */
interface AssembleContext extends InsertionContext {
  readonly slots: ReadonlyMap<string, readonly Fragment[]>;
  /** The partials that were inlined. */
  readonly inlined: Set<File>;
  /** The slots that were inlined somewhere. */
  readonly used: Set<readonly Fragment[]>;
  /** The remaining size that may be inlined in the part: partials that use each other twice grow exponentially. */
  readonly budget: { left: number };
  readonly report: (finding: Finding) => void;
}

/**
 * Inlines partials when a template is pushed. The stored part needs no other file, so a published version does not change
 * when a partial does. `{{> name}}` becomes the partial. `{{#> name}}…{{/name}}` becomes the partial with the content at
 * its `{{> @partial-block}}`, and with every `{{#*inline "slot"}}…{{/inline}}` of the content at its `{{> slot}}`. A partial
 * uses the variables of the place where it is inlined; it takes no values.
 */
export function assemble(file: File, partials: Partials): Assembled {
  const findings: Finding[] = [];
  const report = (finding: Finding): void => void findings.push(finding);
  const budget = { left: MAX_INLINED };
  const context = {
    partials,
    slots: new Map(),
    above: [],
    block: null,
    caller: null,
    inlined: new Set<File>(),
    used: new Set<readonly Fragment[]>(),
    budget,
    report,
  };
  const fragments = expand(file, context);
  if (budget.left < 0)
    report({
      file: file.name,
      line: 1,
      column: 1,
      message: "The part is larger than 1 MB with its partials.",
    });
  const source = textOfFragments(fragments);
  const inlined = [...context.inlined];
  return {
    source,
    findings,
    partials: inlined,
    originOf: (at) => originIn(fragments, offsetOf(source, at)),
  };
}

/** In characters. Each insertion counts a little in addition to its text, so that empty partials are limited too. */
const MAX_INLINED = 1_000_000;
const INSERTION_COST = 100;

/** After an escaped tag the parser reports wrong columns. */
const NO_ESCAPE = "A backslash before two braces is not supported.";

/** Reports every error and expands what can be read in spite of them, so that one push finds all that can be known. */
function expand(written: File, context: AssembleContext): readonly Fragment[] {
  const report = (at: Position, message: string): void =>
    context.report({ file: written.name, ...at, message });
  const escape = written.text.indexOf("\\{{");
  if (escape >= 0) report(positionAt(written.text, escape), NO_ESCAPE);
  const { text, faults } = recover(written.text.replaceAll("\\{{", " {{"));
  for (const { at, message } of faults) report(at, message);
  const file = { name: written.name, text };
  const parsed = parse(text, "asWritten");
  const whole = { file, from: 0, to: text.length };
  return parsed.kind === "broken"
    ? [whole]
    : join(whole, insertionPointsIn(parsed.program), context);
}

function join(
  { file, from, to }: Fragment,
  points: readonly InsertionPoint[],
  context: AssembleContext,
): readonly Fragment[] {
  const fragments: Fragment[] = [];
  let at = from;
  for (const point of points) {
    const [start, end] = spanOf(point, file.text);
    fragments.push({ file, from: at, to: start });
    for (const inserted of replace(point, file, context)) fragments.push(inserted);
    at = end;
  }
  return [...fragments, { file, from: at, to }];
}

/** Returns the range that an insertion point replaces. A slot definition takes its whole line. */
function spanOf(point: InsertionPoint, text: string): readonly [number, number] {
  const from = offsetOf(text, positionOf(point));
  const to = offsetOf(text, endOf(point));
  const beginsLine = from === 0 || text[from - 1] === "\n";
  return [from, point.type === "DecoratorBlock" && beginsLine && text[to] === "\n" ? to + 1 : to];
}

function replace(point: InsertionPoint, file: File, context: AssembleContext): readonly Fragment[] {
  if (point.type === "DecoratorBlock") {
    const message = slotFault(point, context);
    if (message !== null) context.report({ file: file.name, ...positionOf(point), message });
    return [];
  }
  const fault = partialFault(point, file.name, context);
  if (fault !== null) {
    context.report(fault);
    // the content is still checked
    const own = point.type === "PartialStatement" ? [] : slotsOf(point, file, context);
    return own.flatMap(({ content }) => content);
  }
  const name = calledBy(point);
  const partial = context.partials.fitting.get(name);
  const slot = context.slots.get(name);
  const size = slot?.reduce((sum, { from, to }) => sum + to - from, 0) ?? partial?.text.length ?? 0;
  context.budget.left -= size + INSERTION_COST;
  if (context.budget.left < 0) return [];
  if (slot !== undefined) context.used.add(slot);
  if (slot !== undefined || partial === undefined) return slot ?? [];
  return expandPartial(point, { partial, file }, context);
}

/** Expands a partial with the slots that its call defines, and reports those for which it has no place. */
function expandPartial(
  point: PartialTag | PartialBlock,
  { partial, file }: { readonly partial: File; readonly file: File },
  context: AssembleContext,
): readonly Fragment[] {
  context.inlined.add(partial);
  const name = calledBy(point);
  const own = point.type === "PartialStatement" ? [] : slotsOf(point, file, context);
  const isBlock = point.type === "PartialBlockStatement";
  const call = { file: file.name, at: positionOf(point), name, isBlock };
  const expanded = expand(
    { name: partial.name, text: partial.text.replace(/\n$/, "") },
    {
      ...context,
      slots: new Map([
        ...context.slots,
        ...own.map(({ name: slot, content }) => [slot, content] as const),
      ]),
      above: [...context.above, name],
      caller: context.caller ?? call,
    },
  );
  const isLost = ({ isValid, content }: Slot): boolean =>
    isValid && !context.used.has(content) && textOfFragments(content).trim() !== "";
  for (const { at, name: slot } of own.filter(isLost))
    context.report({ file: file.name, ...at, message: unusedSlot(slot, partial) });
  return expanded;
}

interface Slot {
  readonly name: string;
  readonly at: Position;
  readonly content: readonly Fragment[];
  /** False if its definition has a fault, which is reported already. */
  readonly isValid: boolean;
}

/** Returns the content and the slots with which a partial is called. */
function slotsOf(block: PartialBlock, file: File, context: AssembleContext): readonly Slot[] {
  const slots = statementsOf(block.program).filter((each) => each.type === "DecoratorBlock");
  return [
    ...slots.map((slot) => ({
      name: slotName(slot),
      at: positionOf(slot),
      content: contentOf(slot.program, file, context),
      isValid: slotFault(slot, { block }) === null,
    })),
    {
      name: "@partial-block",
      at: positionOf(block),
      content: contentOf(block.program, file, { ...context, block }),
      isValid: true,
    },
  ];
}

/** Returns the content of a block without the line breaks next to its tags. */
function contentOf(
  program: Program | undefined,
  file: File,
  context: AssembleContext,
): readonly Fragment[] {
  const [first, last] = [program?.body.at(0), program?.body.at(-1)];
  if (first === undefined || last === undefined) return [];
  const from = offsetOf(file.text, positionOf(first));
  const to = offsetOf(file.text, endOf(last));
  const inner = {
    file,
    from: file.text[from] === "\n" ? from + 1 : from,
    to: file.text[to - 1] === "\n" && to - 1 > from ? to - 1 : to,
  };
  return join(inner, insertionPointsIn(program), context);
}
