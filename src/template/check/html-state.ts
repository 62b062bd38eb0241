/** Where in a document a browser's parser stands after some html. */
export interface Place {
  readonly mode: Mode;
  /** In lower case; of a tag or of what is read as code. */
  readonly element: string;
  /** In lower case. */
  readonly attribute: string;
  readonly quote: string;
  /** Whether the value of the attribute has begun. */
  readonly begun: boolean;
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

export const START: Place = { mode: "text", element: "", attribute: "", quote: "", begun: false };

/** How much of the html ahead a mode takes, and where it leads. */
type Step = (place: Place, ahead: string) => readonly [taken: number, next: Place];

const CODE_ELEMENTS = new Set(["script", "style"]);
const lengthOf = (pattern: RegExp, text: string): number => pattern.exec(text)?.[0].length ?? 0;

const STEPS: Readonly<Record<Mode, Step>> = {
  text: (place, ahead) => {
    const text = lengthOf(/^[^<]+/, ahead);
    if (text > 0) return [text, place];
    if (ahead.startsWith("<!--")) return [4, { ...START, mode: "comment" }];
    return [1, { ...START, mode: "tagOpen" }];
  },
  tagOpen: (_, ahead) => {
    const name = /^[/!?]?[a-z][^\s/>]*/i.exec(ahead)?.[0];
    if (name === undefined) return [0, START];
    return [name.length, { ...START, mode: "tag", element: name.toLowerCase() }];
  },
  tag: (place, ahead) => {
    const space = lengthOf(/^[\s/]+/, ahead);
    if (space > 0) return [space, place];
    if (ahead.startsWith(">"))
      return [1, CODE_ELEMENTS.has(place.element) ? { ...place, mode: "code" } : START];
    const name = /^[^\s/>=]+/.exec(ahead)?.[0] ?? "=";
    return [name.length, { ...place, mode: "name", attribute: name.toLowerCase() }];
  },
  name: (place, ahead) => {
    const equals = lengthOf(/^\s*=\s*/, ahead);
    return equals > 0 ? [equals, { ...place, mode: "beforeValue" }] : [0, leave(place)];
  },
  beforeValue: (place, ahead) => {
    const [quote = ""] = /^["']/.exec(ahead) ?? [];
    if (quote !== "") return [1, { ...place, mode: "quoted", quote }];
    return ahead.startsWith(">") ? [0, leave(place)] : [0, { ...place, mode: "unquoted" }];
  },
  quoted: (place, ahead) => {
    const end = ahead.indexOf(place.quote);
    if (end >= 0) return [end + 1, leave(place)];
    return [ahead.length, { ...place, begun: true }];
  },
  unquoted: (place, ahead) => {
    const value = lengthOf(/^[^\s>]+/, ahead);
    return value === 0 ? [0, leave(place)] : [value, { ...place, begun: true }];
  },
  comment: (place, ahead) => {
    const end = ahead.indexOf("-->");
    return end < 0 ? [ahead.length, place] : [end + 3, START];
  },
  code: (place, ahead) => {
    const end = ahead.toLowerCase().indexOf(`</${place.element}`);
    return end < 0 ? [ahead.length, place] : [end, START];
  },
};

const leave = (place: Place): Place => ({
  ...place,
  mode: "tag",
  attribute: "",
  quote: "",
  begun: false,
});

/** Reads on through html that a template holds between its variables. */
export function readOn(from: Place, html: string): Place {
  let place = from;
  let ahead = html;
  while (ahead !== "") {
    const [taken, next] = STEPS[place.mode](place, ahead);
    ahead = ahead.slice(taken);
    place = next;
  }
  return place;
}

export function isSamePlace(one: Place, other: Place): boolean {
  const keys = ["mode", "element", "attribute", "quote"] as const;
  return keys.every((key) => one[key] === other[key]);
}
