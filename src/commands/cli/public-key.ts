import { createPublicKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { unusable, wrongArguments } from "./arguments.ts";

/** Reads the public key of `--key`. Throws ARGUMENTS_INVALID if there is none in the file. */
export async function readPublicKey(path: string): Promise<KeyObject> {
  const text = await readFile(path, "utf8").catch(unusable(`--key ${path} cannot be read`));
  try {
    return createPublicKey(text);
  } catch {
    throw wrongArguments(`--key ${path} is not a public key in PEM form`);
  }
}
