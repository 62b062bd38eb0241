/** One error in a template, with its position. Lines and columns count from 1. */
export interface Finding {
  /** A part (`subject`, `html`, `text`), a partial's file, or a sample. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** A sentence that states what to do. */
  readonly message: string;
}

/** Returns a finding about a whole file. */
export const fileFinding = (file: string, message: string): Finding => ({
  file,
  line: 1,
  column: 1,
  message,
});
