import { type Position, positionAt } from "../language/syntax.ts";

export interface File {
  /** As findings name it. */
  readonly name: string;
  readonly text: string;
}

/** A stretch of a file. */
export interface Piece {
  readonly file: File;
  readonly from: number;
  readonly to: number;
}

export function textOfPieces(pieces: readonly Piece[]): string {
  return pieces.map(({ file, from, to }) => file.text.slice(from, to)).join("");
}

/** Where a place in the text of the pieces was written; behind all of them, the end of the last. */
export function originIn(
  pieces: readonly Piece[],
  offset: number,
): Position & { readonly file: string } {
  let start = 0;
  for (const { file, from, to } of pieces) {
    if (offset < start + to - from)
      return { file: file.name, ...positionAt(file.text, from + offset - start) };
    start += to - from;
  }
  const last = pieces.at(-1);
  return { file: last?.file.name ?? "", ...positionAt(last?.file.text ?? "", last?.to ?? 0) };
}
