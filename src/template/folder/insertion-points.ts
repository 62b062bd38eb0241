import { didYouMean, nearestWord } from "../../domain/values/did-you-mean.ts";
import type { Finding } from "../../domain/template/finding.ts";
import type { File } from "./fragments.ts";
import {
  type DecoratorBlock,
  optionsOf,
  paramsOf,
  parse,
  type PartialBlock,
  type PartialTag,
  type Position,
  positionOf,
  type Program,
  type Statement,
  statementsOf,
} from "../language/syntax.ts";

/** A tag that is replaced by other text: a partial, or the definition of a slot. */
export type InsertionPoint = PartialTag | PartialBlock | DecoratorBlock;

/** The partials of a template by name. */
export interface Partials {
  readonly fitting: ReadonlyMap<string, File>;
  /** The files of partials that are there for other parts, languages and themes only. */
  readonly elsewhere: ReadonlyMap<string, readonly string[]>;
}

/** The tag in the author's file that inlines a partial. */
interface PartialCall {
  readonly file: string;
  readonly at: Position;
  readonly name: string;
  readonly isBlock: boolean;
}

/** The partials and slots that are in scope at an insertion point. */
export interface InsertionContext {
  readonly partials: Partials;
  readonly slots: ReadonlyMap<string, unknown>;
  /** The partials that are being inlined, the outermost first. */
  readonly above: readonly string[];
  /** The partial block whose content contains this point, or null. */
  readonly block: PartialBlock | null;
  /** The call in the author's file that led here, or null in that file itself. */
  readonly caller: PartialCall | null;
}

/** Returns the insertion points of a template in order, without those inside another one. */
export function insertionPointsIn(program: Program | undefined): readonly InsertionPoint[] {
  return program === undefined ? [] : statementsOf(program).flatMap(insertionPointsAt);
}

function insertionPointsAt(statement: Statement): readonly InsertionPoint[] {
  if (statement.type === "BlockStatement")
    return [...insertionPointsIn(statement.program), ...insertionPointsIn(statement.inverse)];
  const isInsertionPoint =
    statement.type === "PartialStatement" ||
    statement.type === "PartialBlockStatement" ||
    statement.type === "DecoratorBlock";
  return isInsertionPoint ? [statement] : [];
}

/** Returns the name of the called partial, or an empty string if a variable would name it. */
export function calledBy({ name }: PartialTag | PartialBlock): string {
  return name.type === "PathExpression" ? name.original : "";
}

/** Returns the reason why a partial cannot be inlined, or null. */
export function partialFault(
  point: PartialTag | PartialBlock,
  file: string,
  context: InsertionContext,
): Finding | null {
  const name = calledBy(point);
  const here = (message: string): Finding => ({ file, ...positionOf(point), message });
  if (point.params.length > 0 || optionsOf(point).length > 0 || stripsSpace(point))
    return here(`The partial ${name} is inlined unchanged: it takes no values and no ~.`);
  if (context.slots.has(name)) return null;
  if (!context.partials.fitting.has(name)) return missingFault(name, here, context);
  if (!context.above.includes(name)) return null;
  return here(`The partial ${name} contains itself: ${[...context.above, name].join(" > ")}.`);
}

/** A name that is not there inside a partial is usually a slot that the author's call does not define. */
function missingFault(
  name: string,
  here: (message: string) => Finding,
  { partials, slots, caller }: InsertionContext,
): Finding {
  const files = partials.elsewhere.get(name);
  if (files !== undefined)
    return here(
      `The partial ${name} is there for other templates only (${files.join(", ")}). Write partials/${name}.hbs, or one for this part, language or theme.`,
    );
  const known = [...partials.fitting.keys(), ...slots.keys()].filter((one) => !one.startsWith("@"));
  if (caller === null || nearestWord(name, partials.fitting.keys()) !== undefined)
    return here(`There is no partial ${name}.${didYouMean(name, known)}`);
  return { file: caller.file, ...caller.at, message: sayMissingSlot(name, caller) };
}

function sayMissingSlot(slot: string, { name, isBlock }: PartialCall): string {
  if (slot === "@partial-block")
    return `The partial ${name} takes content. Write {{#> ${name}}}…{{/${name}}}.`;
  const definition = `{{#*inline "${slot}"}}…{{/inline}}`;
  return isBlock
    ? `The partial ${name} needs the slot ${slot}. Write ${definition} between {{#> ${name}}} and {{/${name}}}.`
    : `The partial ${name} needs the slot ${slot}. Write {{#> ${name}}}${definition}{{/${name}}}.`;
}

/** Says that text of the author would be lost. */
export function unusedSlot(slot: string, { name: file, text }: File): string {
  if (slot === "@partial-block")
    return `The partial ${file} has no place for content, so this would be lost. Write {{> …}} without # and move the content out.`;
  const parsed = parse(text, "asWritten");
  const places = parsed.kind === "broken" ? [] : insertionPointsIn(parsed.program);
  const known = places.flatMap((point) =>
    point.type === "DecoratorBlock" ? [] : [calledBy(point)],
  );
  return `The partial ${file} has no place for ${slot}, so this would be lost.${didYouMean(slot, known)}`;
}

function stripsSpace(point: PartialTag | PartialBlock): boolean {
  const strips = "strip" in point ? [point.strip] : [point.openStrip, point.closeStrip];
  return strips.some(({ open, close }) => open || close);
}

/** Returns the reason why a slot definition is not valid, or null. */
export function slotFault(
  slot: DecoratorBlock,
  { block }: Pick<InsertionContext, "block">,
): string | null {
  const isInPlace = block !== null && statementsOf(block.program).includes(slot);
  if (slot.path.original === "inline" && slotName(slot) !== "" && isInPlace) return null;
  return 'Write {{#*inline "slot"}}…{{/inline}} directly inside a partial that has content.';
}

export function slotName(slot: DecoratorBlock): string {
  const [name] = paramsOf(slot);
  return name?.type === "StringLiteral" ? name.value : "";
}
