import type { File } from "./fragments.ts";
import {
  type DecoratorBlock,
  optionsOf,
  paramsOf,
  type PartialBlock,
  type PartialTag,
  type Program,
  type Statement,
  statementsOf,
} from "../language/syntax.ts";

/** A tag that is replaced by other text: a partial, or the definition of a slot. */
export type InsertionPoint = PartialTag | PartialBlock | DecoratorBlock;

/** Partials by name. */
export type Partials = ReadonlyMap<string, File>;

/** The partials and slots that are in scope at an insertion point. */
export interface InsertionContext {
  readonly partials: Partials;
  readonly slots: ReadonlyMap<string, unknown>;
  /** The partials that are being inlined, the outermost first. */
  readonly above: readonly string[];
  /** The partial block whose content contains this point, or null. */
  readonly block: PartialBlock | null;
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
  context: InsertionContext,
): string | null {
  const name = calledBy(point);
  if (point.params.length > 0 || optionsOf(point).length > 0 || stripsSpace(point))
    return `The partial ${name} is inlined unchanged: it takes no values and no ~.`;
  if (context.slots.has(name)) return null;
  if (!context.partials.has(name)) return `There is no partial ${name}.`;
  if (!context.above.includes(name)) return null;
  return `The partial ${name} contains itself: ${[...context.above, name].join(" > ")}.`;
}

function stripsSpace(point: PartialTag | PartialBlock): boolean {
  const strips = "strip" in point ? [point.strip] : [point.openStrip, point.closeStrip];
  return strips.some(({ open, close }) => open || close);
}

/** Returns the reason why a slot definition is not valid, or null. */
export function slotFault(slot: DecoratorBlock, { block }: InsertionContext): string | null {
  const isInPlace = block !== null && statementsOf(block.program).includes(slot);
  if (slot.path.original === "inline" && slotName(slot) !== "" && isInPlace) return null;
  return 'Write {{#*inline "slot"}}…{{/inline}} directly inside a partial that has content.';
}

export function slotName(slot: DecoratorBlock): string {
  const [name] = paramsOf(slot);
  return name?.type === "StringLiteral" ? name.value : "";
}
