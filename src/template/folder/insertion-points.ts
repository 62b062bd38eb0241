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

/** Where something else takes the place of what is written. */
export type Joint = PartialTag | PartialBlock | DecoratorBlock;

/** By the name they are called by. */
export type Partials = ReadonlyMap<string, File>;

/** What there is at a joint. */
export interface Around {
  readonly partials: Partials;
  readonly slots: ReadonlyMap<string, unknown>;
  /** The partials being put in, the outermost first. */
  readonly above: readonly string[];
  /** The partial whose content this is. */
  readonly block: PartialBlock | null;
}

/** The joints of a template in their order; what is inside a joint belongs to it. */
export function jointsIn(program: Program | undefined): readonly Joint[] {
  return program === undefined ? [] : statementsOf(program).flatMap(jointsAt);
}

function jointsAt(statement: Statement): readonly Joint[] {
  if (statement.type === "BlockStatement")
    return [...jointsIn(statement.program), ...jointsIn(statement.inverse)];
  const isJoint =
    statement.type === "PartialStatement" ||
    statement.type === "PartialBlockStatement" ||
    statement.type === "DecoratorBlock";
  return isJoint ? [statement] : [];
}

/** The name a partial is called by; empty when it would come from a variable. */
export function calledBy({ name }: PartialTag | PartialBlock): string {
  return name.type === "PathExpression" ? name.original : "";
}

/** Why a partial cannot be put in; null when it can. */
export function partialFault(joint: PartialTag | PartialBlock, around: Around): string | null {
  const name = calledBy(joint);
  if (joint.params.length > 0 || optionsOf(joint).length > 0 || stripsSpace(joint))
    return `The partial ${name} is put in as it is: it takes no values and no ~.`;
  if (around.slots.has(name)) return null;
  if (!around.partials.has(name)) return `There is no partial ${name}.`;
  if (!around.above.includes(name)) return null;
  return `The partial ${name} contains itself: ${[...around.above, name].join(" > ")}.`;
}

function stripsSpace(joint: PartialTag | PartialBlock): boolean {
  const strips = "strip" in joint ? [joint.strip] : [joint.openStrip, joint.closeStrip];
  return strips.some(({ open, close }) => open || close);
}

/** Why a slot is not one; null when it is. */
export function slotFault(slot: DecoratorBlock, { block }: Around): string | null {
  const isInPlace = block !== null && statementsOf(block.program).includes(slot);
  if (slot.path.original === "inline" && slotName(slot) !== "" && isInPlace) return null;
  return 'Write {{#*inline "slot"}}…{{/inline}} directly inside a partial that has content.';
}

export function slotName(slot: DecoratorBlock): string {
  const [name] = paramsOf(slot);
  return name?.type === "StringLiteral" ? name.value : "";
}
