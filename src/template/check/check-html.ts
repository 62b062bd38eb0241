import { isSameState, type HtmlState, advance, START } from "./html-state.ts";
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

/** Attributes whose URL a browser or mail program loads or opens. */
const LINKS = new Set(
  "href src srcset imagesrcset action formaction background poster cite data ping xlink:href longdesc usemap manifest codebase classid archive profile lowsrc dynsrc icon".split(
    " ",
  ),
);
/** Elements that run code, load a document, send data or change where links lead. No notice needs them. */
const FORBIDDEN = new Set("script base iframe frame object embed applet form svg math".split(" "));
/** Attributes that contain code or a document. Event handlers begin with `on`. */
const CODE = /^(?:on.*|style|srcdoc)$/;

/**
 * Returns a fault for every variable in a place where escaping `&<>"'` does not protect its value, for every block that opens
 * or closes a tag in one branch only, and for every element that a notice must not have.
 */
export function htmlFaults(program: Program): readonly HtmlFault[] {
  const faults: HtmlFault[] = [];
  readProgram(program, START, (node, message, at) =>
    faults.push({ at: at ?? positionOf(node), message }),
  );
  return faults;
}

type Report = (node: Statement, message: string, at?: Position) => void;

/** Mail programs need `<meta charset>` and `<meta name>`; `<meta http-equiv>` can lead to another page. */
function forbiddenAt({ mode, element, attribute }: HtmlState): string | null {
  if (mode === "tag" && FORBIDDEN.has(element)) return `<${element}> is not allowed in a notice.`;
  if (mode === "name" && element === "meta" && attribute === "http-equiv")
    return "<meta http-equiv> is not allowed in a notice.";
  return null;
}

/** The position of a character of static html in its part. */
function positionIn(statement: Statement & { readonly value: string }, offset: number): Position {
  const start = positionOf(statement);
  const before = statement.value.slice(0, offset).split("\n");
  const column = before.at(-1)?.length ?? 0;
  return {
    line: start.line + before.length - 1,
    column: before.length === 1 ? start.column + column : column + 1,
  };
}

function readProgram(program: Program | undefined, start: HtmlState, report: Report): HtmlState {
  if (program === undefined) return start;
  return statementsOf(program).reduce((state, each) => read(each, state, report), start);
}

function read(statement: Statement, state: HtmlState, report: Report): HtmlState {
  if (statement.type === "ContentStatement")
    return advance(state, statement.value, (place, offset) => {
      const message = forbiddenAt(place);
      if (message !== null) report(statement, message, positionIn(statement, offset));
    });
  if (statement.type === "BlockStatement") return readBlock(statement, state, report);
  if (statement.type !== "MustacheStatement") return state;
  const message = faultAt(state, statement);
  if (message !== null) report(statement, message);
  return { ...state, started: true };
}

/** Both branches must end in the same parser state. */
function readBlock(block: Block, state: HtmlState, report: Report): HtmlState {
  const end = readProgram(block.program, state, report);
  const otherEnd = readProgram(block.inverse, state, report);
  const repeats = nameOf(block) === "each";
  if (!isSameState(end, otherEnd) || (repeats && !isSameState(end, state)))
    report(
      block,
      "One branch of the block opens or closes a tag, a quote or a comment, and the other does not.",
    );
  return { ...end, started: end.started || otherEnd.started };
}

function faultAt(state: HtmlState, tag: Mustache): string | null {
  if (!tag.escaped) return "Raw output is not allowed in html. Use two braces.";
  if (state.mode === "text") return null;
  if (state.mode === "comment") return "A variable is not allowed in an html comment.";
  if (state.mode === "code") return `A variable is not allowed in <${state.element}>.`;
  if (state.mode === "beforeValue" || state.mode === "unquoted")
    return `Put quotes around the value of ${state.attribute}.`;
  if (state.mode !== "quoted") return "A variable in a tag must be inside a quoted value.";
  if (state.element === "meta") return "A variable is not allowed in <meta>.";
  return valueFault(state, nameOf(tag));
}

function valueFault({ attribute, started }: HtmlState, name: string): string | null {
  if (CODE.test(attribute))
    return `A variable is not allowed in ${attribute}, because it contains code.`;
  if (!LINKS.has(attribute)) return null;
  if (name !== "url") return `A link needs the url helper: ${attribute}="{{url …}}".`;
  return started ? `The url helper must be at the beginning of ${attribute}.` : null;
}
