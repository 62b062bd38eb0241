import { isSamePlace, type Place, readOn, START } from "./html-state.ts";
import { nameOf } from "../language/calls.ts";
import {
  type Block,
  type Mustache,
  type Position,
  positionOf,
  type Program,
  type Statement,
  statementsOf,
} from "../language/syntax.ts";

export interface HtmlFault {
  readonly at: Position;
  readonly message: string;
}

/** Attributes a browser or a mail program follows. */
const LINKS = new Set(
  "href src srcset action formaction background poster cite data ping xlink:href".split(" "),
);
/** Attributes read as code or as a document of their own; those of events begin with `on`. */
const CODE = /^(?:on.*|style|srcdoc)$/;

/**
 * Every variable of an html part that stands where escaping `&<>"'` does not keep its value from being read as
 * something else, and every block that opens or closes a tag halfway.
 */
export function htmlFaults(program: Program): readonly HtmlFault[] {
  const faults: HtmlFault[] = [];
  readProgram(program, START, (node, message) => faults.push({ at: positionOf(node), message }));
  return faults;
}

type Report = (node: Statement, message: string) => void;

function readProgram(program: Program | undefined, start: Place, report: Report): Place {
  if (program === undefined) return start;
  return statementsOf(program).reduce((place, each) => read(each, place, report), start);
}

function read(statement: Statement, place: Place, report: Report): Place {
  if (statement.type === "ContentStatement") return readOn(place, statement.value);
  if (statement.type === "BlockStatement") return readBlock(statement, place, report);
  if (statement.type !== "MustacheStatement") return place;
  const message = faultAt(place, statement);
  if (message !== null) report(statement, message);
  return { ...place, begun: true };
}

/** Both branches, and what comes after the block, must be read from the same place. */
function readBlock(block: Block, place: Place, report: Report): Place {
  const end = readProgram(block.program, place, report);
  const otherEnd = readProgram(block.inverse, place, report);
  const repeats = nameOf(block) === "each";
  if (!isSamePlace(end, otherEnd) || (repeats && !isSamePlace(end, place)))
    report(block, "The block opens or closes a tag, a quote or a comment for only some readers.");
  return { ...end, begun: end.begun || otherEnd.begun };
}

function faultAt(place: Place, tag: Mustache): string | null {
  if (!tag.escaped) return "Raw output has no place in html: use two braces.";
  if (place.mode === "text") return null;
  if (place.mode === "comment") return "A variable has no place in an html comment.";
  if (place.mode === "code") return `A variable has no place in <${place.element}>.`;
  if (place.mode === "beforeValue" || place.mode === "unquoted")
    return `Put quotes around the value of ${place.attribute}.`;
  if (place.mode !== "quoted") return "A variable has no place in a tag outside a quoted value.";
  return valueFault(place, nameOf(tag));
}

function valueFault({ attribute, begun }: Place, name: string): string | null {
  if (CODE.test(attribute))
    return `A variable has no place in ${attribute}, which is read as code.`;
  if (!LINKS.has(attribute)) return null;
  if (name !== "url") return `A link needs the url helper: ${attribute}="{{url …}}".`;
  return begun ? `The url helper stands at the beginning of ${attribute}.` : null;
}
