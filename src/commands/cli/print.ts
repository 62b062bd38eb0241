/** Writes one line to whoever ran the command. */
export type Print = (line: string) => void;

export const toStdout: Print = (line) => void process.stdout.write(`${line}\n`);
export const toStderr: Print = (line) => void process.stderr.write(`${line}\n`);
