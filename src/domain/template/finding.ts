/** One thing wrong with a template, where an editor finds it: lines and columns count from one. */
export interface Finding {
  /** A part (`subject`, `html`, `text`), a partial's file, or a sample. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** A sentence that tells what to do. */
  readonly message: string;
}
