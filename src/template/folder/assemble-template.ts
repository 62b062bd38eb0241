import type { Finding } from "../../domain/template/finding.ts";
import {
  type Around,
  calledBy,
  type Joint,
  jointsIn,
  partialFault,
  type Partials,
  slotFault,
  slotName,
} from "./insertion-points.ts";
import { type File, originIn, type Piece, textOfPieces } from "./fragments.ts";
import {
  endOf,
  offsetOf,
  parse,
  type PartialBlock,
  type Position,
  positionAt,
  positionOf,
  type Program,
  statementsOf,
} from "../language/syntax.ts";

/** A part with every partial put in. It may be stored only where there are no findings. */
export interface Assembled {
  readonly source: string;
  readonly findings: readonly Finding[];
  /** Where a place of the source was written. */
  readonly originOf: (at: Position) => Position & { readonly file: string };
}

/** What a file is put together with. */
interface Kit extends Around {
  readonly slots: ReadonlyMap<string, readonly Piece[]>;
  readonly report: (finding: Finding) => void;
}

/**
 * Puts partials into a part, when it is pushed: what is stored needs no other file, so a published version stays what
 * it was when somebody mends a partial. `{{> name}}` becomes the partial. `{{#> name}}…{{/name}}` becomes the
 * partial with the content at its `{{> @partial-block}}`, and with every `{{#*inline "slot"}}…{{/inline}}` of the
 * content at its `{{> slot}}`. A partial speaks of the variables of the place where it stands; it takes no values.
 */
export function assemble(file: File, partials: Partials): Assembled {
  const findings: Finding[] = [];
  const report = (finding: Finding): void => void findings.push(finding);
  const pieces = expand(file, { partials, slots: new Map(), above: [], block: null, report });
  const source = textOfPieces(pieces);
  return { source, findings, originOf: (at) => originIn(pieces, offsetOf(source, at)) };
}

/** Behind one, the parser loses count of the columns. */
const NO_ESCAPE = "Two braces after a backslash cannot be written.";

/** A part that cannot be read stays as it is: the checks say where. A partial must be whole by itself. */
function expand(file: File, kit: Kit): readonly Piece[] {
  const report = (at: Position, message: string): void =>
    kit.report({ file: file.name, ...at, message });
  const escape = file.text.indexOf("\\{{");
  if (escape >= 0) report(positionAt(file.text, escape), NO_ESCAPE);
  const whole = { file, from: 0, to: file.text.length };
  const parsed = parse(file.text, "asWritten");
  if (parsed.kind === "parsed") return join(whole, jointsIn(parsed.program), kit);
  if (kit.above.length > 0) report(parsed.at, parsed.message);
  return kit.above.length > 0 ? [] : [whole];
}

function join({ file, from, to }: Piece, joints: readonly Joint[], kit: Kit): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = from;
  for (const joint of joints) {
    const [start, end] = spanOf(joint, file.text);
    pieces.push({ file, from: at, to: start }, ...replace(joint, file, kit));
    at = end;
  }
  return [...pieces, { file, from: at, to }];
}

/** A slot that is taken out takes its line with it. */
function spanOf(joint: Joint, text: string): readonly [number, number] {
  const from = offsetOf(text, positionOf(joint));
  const to = offsetOf(text, endOf(joint));
  const beginsLine = from === 0 || text[from - 1] === "\n";
  return [from, joint.type === "DecoratorBlock" && beginsLine && text[to] === "\n" ? to + 1 : to];
}

function replace(joint: Joint, file: File, kit: Kit): readonly Piece[] {
  const message =
    joint.type === "DecoratorBlock" ? slotFault(joint, kit) : partialFault(joint, kit);
  if (message !== null) kit.report({ file: file.name, ...positionOf(joint), message });
  if (message !== null || joint.type === "DecoratorBlock") return [];
  const name = calledBy(joint);
  const partial = kit.partials.get(name);
  const slot = kit.slots.get(name);
  if (slot !== undefined || partial === undefined) return slot ?? [];
  const own = joint.type === "PartialStatement" ? [] : slotsOf(joint, file, kit);
  return expand(
    { name: partial.name, text: partial.text.replace(/\n$/, "") },
    { ...kit, slots: new Map([...kit.slots, ...own]), above: [...kit.above, name] },
  );
}

type Slot = readonly [name: string, content: readonly Piece[]];

/** What a partial is called with: its content, and the slots written inside it. */
function slotsOf(block: PartialBlock, file: File, kit: Kit): readonly Slot[] {
  const slots = statementsOf(block.program).filter((each) => each.type === "DecoratorBlock");
  return [
    ...slots.map((slot): Slot => [slotName(slot), contentOf(slot.program, file, kit)]),
    ["@partial-block", contentOf(block.program, file, { ...kit, block })],
  ];
}

/** Without the line breaks next to the tags around it. */
function contentOf(program: Program | undefined, file: File, kit: Kit): readonly Piece[] {
  const [first, last] = [program?.body.at(0), program?.body.at(-1)];
  if (first === undefined || last === undefined) return [];
  const from = offsetOf(file.text, positionOf(first));
  const to = offsetOf(file.text, endOf(last));
  const inner = {
    file,
    from: file.text[from] === "\n" ? from + 1 : from,
    to: file.text[to - 1] === "\n" && to - 1 > from ? to - 1 : to,
  };
  return join(inner, jointsIn(program), kit);
}
