import { printable } from "./layout.ts";

/** Writes text to the output of a command. */
export type Print = (text: string) => void;

/** Text may contain words from others, so control characters never reach the stream, which may be a terminal. */
export const printTo =
  (stream: { readonly write: (text: string) => unknown }): Print =>
  (text) =>
    void stream.write(`${printable(text)}\n`);

export const toStdout: Print = printTo(process.stdout);
export const toStderr: Print = printTo(process.stderr);
