import { printable } from "./layout.ts";

/** Writes text for whoever runs the command. */
export type Print = (text: string) => void;

// What is printed may contain text of others, so control characters never reach the terminal.
export const toStdout: Print = (text) => void process.stdout.write(`${printable(text)}\n`);
export const toStderr: Print = (text) => void process.stderr.write(`${printable(text)}\n`);
