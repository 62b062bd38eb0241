/** The state of a browser's HTML parser after some html. */
export interface HtmlState {
  readonly mode: Mode;
  /** The name of the current tag or code element, in lower case. */
  readonly element: string;
  /** The name of the current attribute, in lower case. */
  readonly attribute: string;
  readonly quote: string;
  /** True if the value of the attribute has started. */
  readonly started: boolean;
}

type Mode =
  | "text"
  | "tagOpen"
  | "tag"
  | "name"
  | "beforeValue"
  | "quoted"
  | "unquoted"
  | "comment"
  | "code";

export const START: HtmlState = {
  mode: "text",
  element: "",
  attribute: "",
  quote: "",
  started: false,
};

/** Consumes part of the html and returns the number of characters consumed and the next state. */
type Step = (state: HtmlState, ahead: string) => readonly [taken: number, next: HtmlState];

const CODE_ELEMENTS = new Set(["script", "style"]);
const lengthOf = (pattern: RegExp, text: string): number => pattern.exec(text)?.[0].length ?? 0;

const STEPS: Readonly<Record<Mode, Step>> = {
  text: (state, ahead) => {
    const text = lengthOf(/^[^<]+/, ahead);
    if (text > 0) return [text, state];
    if (ahead.startsWith("<!--")) return [4, { ...START, mode: "comment" }];
    return [1, { ...START, mode: "tagOpen" }];
  },
  tagOpen: (_, ahead) => {
    const name = /^[/!?]?[a-z][^\s/>]*/i.exec(ahead)?.[0];
    if (name === undefined) return [0, START];
    return [name.length, { ...START, mode: "tag", element: name.toLowerCase() }];
  },
  tag: (state, ahead) => {
    const space = lengthOf(/^[\s/]+/, ahead);
    if (space > 0) return [space, state];
    if (ahead.startsWith(">"))
      return [1, CODE_ELEMENTS.has(state.element) ? { ...state, mode: "code" } : START];
    const name = /^[^\s/>=]+/.exec(ahead)?.[0] ?? "=";
    return [name.length, { ...state, mode: "name", attribute: name.toLowerCase() }];
  },
  name: (state, ahead) => {
    const equals = lengthOf(/^\s*=\s*/, ahead);
    return equals > 0 ? [equals, { ...state, mode: "beforeValue" }] : [0, leaveAttribute(state)];
  },
  beforeValue: (state, ahead) => {
    const [quote = ""] = /^["']/.exec(ahead) ?? [];
    if (quote !== "") return [1, { ...state, mode: "quoted", quote }];
    return ahead.startsWith(">") ? [0, leaveAttribute(state)] : [0, { ...state, mode: "unquoted" }];
  },
  quoted: (state, ahead) => {
    const end = ahead.indexOf(state.quote);
    if (end >= 0) return [end + 1, leaveAttribute(state)];
    return [ahead.length, { ...state, started: true }];
  },
  unquoted: (state, ahead) => {
    const value = lengthOf(/^[^\s>]+/, ahead);
    return value === 0 ? [0, leaveAttribute(state)] : [value, { ...state, started: true }];
  },
  comment: (state, ahead) => {
    const end = ahead.indexOf("-->");
    return end < 0 ? [ahead.length, state] : [end + 3, START];
  },
  code: (state, ahead) => {
    const end = ahead.toLowerCase().indexOf(`</${state.element}`);
    return end < 0 ? [ahead.length, state] : [end, START];
  },
};

const leaveAttribute = (state: HtmlState): HtmlState => ({
  ...state,
  mode: "tag",
  attribute: "",
  quote: "",
  started: false,
});

/** Called at the name of each tag and of each attribute, with the offset at which the name ends. */
export type Visit = (state: HtmlState, offset: number) => void;

/** Advances the state through html between two variables of a template. */
export function advance(from: HtmlState, html: string, visit: Visit): HtmlState {
  let state = from;
  let ahead = html;
  while (ahead !== "") {
    const [taken, next] = STEPS[state.mode](state, ahead);
    ahead = ahead.slice(taken);
    const isName = state.mode === "tagOpen" || next.mode === "name";
    state = next;
    if (isName) visit(state, html.length - ahead.length);
  }
  return state;
}

export function isSameState(one: HtmlState, other: HtmlState): boolean {
  const keys = ["mode", "element", "attribute", "quote"] as const;
  return keys.every((key) => one[key] === other[key]);
}
