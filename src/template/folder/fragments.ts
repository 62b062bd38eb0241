import { type Position, positionAt } from "../language/syntax.ts";

export interface File {
  /** The name that findings use. */
  readonly name: string;
  readonly text: string;
}

/** A range of a file, as offsets. */
export interface Fragment {
  readonly file: File;
  readonly from: number;
  readonly to: number;
}

export function textOfFragments(fragments: readonly Fragment[]): string {
  return fragments.map(({ file, from, to }) => file.text.slice(from, to)).join("");
}

/** Maps an offset in the joined text to its file and position. An offset after the end maps to the end of the last fragment. */
export function originIn(
  fragments: readonly Fragment[],
  offset: number,
): Position & { readonly file: string } {
  let start = 0;
  for (const { file, from, to } of fragments) {
    if (offset < start + to - from)
      return { file: file.name, ...positionAt(file.text, from + offset - start) };
    start += to - from;
  }
  const last = fragments.at(-1);
  return { file: last?.file.name ?? "", ...positionAt(last?.file.text ?? "", last?.to ?? 0) };
}
