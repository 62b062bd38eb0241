import { CONTENTS_SCHEMA, type Contents } from "../../domain/evidence/contents.ts";
import {
  type Pack,
  PACK_VERSION,
  type PackAttempt,
  type PackBound,
  type PackFiles,
  type PackFlaw,
  type PackRow,
  type PackStep,
} from "../../domain/evidence/pack.ts";
import {
  boundHeadPathOf,
  boundPathOf,
  CONTENTS,
  messagePathOf,
  openedPathOf,
  proofPathOf,
  rowPathOf,
  statePathOf,
  templatePathOf,
} from "./paths.ts";

/** A pack as its files have it, with the version of its page; or why it cannot be read. */
export type ReadPack =
  | { readonly kind: "pack"; readonly pack: Pack; readonly pageVersion: number }
  | { readonly kind: "unreadable"; readonly flaw: PackFlaw };

/** Reads a pack from its files, and checks nothing but that they are there and have their form. */
export function readPack(files: PackFiles): ReadPack {
  try {
    const contents = readContents(files);
    return { kind: "pack", pack: packOf(contents, files), pageVersion: contents.page };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: "unreadable", flaw: error.flaw };
    throw error;
  }
}

class Unreadable extends Error {
  readonly flaw: PackFlaw;
  constructor(path: string, long: string) {
    super(long);
    this.flaw = { path, long };
  }
}

function readContents(files: PackFiles): Contents {
  const text = bytesOf(files, CONTENTS).toString("utf8");
  const { success, data } = CONTENTS_SCHEMA.safeParse(parsed(text));
  if (!success) throw new Unreadable(CONTENTS, "It is not the list of an evidence pack.");
  if (data.version > PACK_VERSION)
    throw new Unreadable(
      CONTENTS,
      "A later release of Tidings has made the pack. Verify it with that one.",
    );
  return data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function bytesOf(files: PackFiles, path: string): Buffer {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Unreadable(path, "The file is missing.");
  return bytes;
}

const textOf = (files: PackFiles, path: string): string => bytesOf(files, path).toString("utf8");

/** The text of a file that is a JSON object. */
function objectTextOf(files: PackFiles, path: string): string {
  const text = textOf(files, path);
  const value = parsed(text);
  if (typeof value !== "object" || value === null)
    throw new Unreadable(path, "It is not a JSON object.");
  return text;
}

function packOf(contents: Contents, files: PackFiles): Pack {
  const { version, subject, head, rows, attempts, templates } = contents;
  return {
    version,
    subject,
    head: {
      ...head,
      signature: files.get("head.sig") ?? null,
      publicKey: files.get("public-key.pem")?.toString("utf8") ?? null,
    },
    bounds: [...new Set(rows.flatMap(({ boundSize }) => boundSize ?? []))]
      .toSorted((one, other) => one - other)
      .map((size) => boundIn(files, size)),
    rows: rows.map(({ boundSize = null, ...row }): PackRow => ({
      ...row,
      text: objectTextOf(files, rowPathOf(row)),
      proof: proofIn(files, proofPathOf(row)),
      bound: boundSize === null ? null : boundOf(files, boundPathOf(row), boundSize),
    })),
    attempts: attempts.map((attempt) => attemptIn(attempt, files)),
    templates: templates.map((template) => ({
      ...template,
      text: textOf(files, templatePathOf(template.id, template.version)),
    })),
  };
}

function attemptIn(
  { interactionId, receiptIds, isOpen, message, isOpened }: Contents["attempts"][number],
  files: PackFiles,
): PackAttempt {
  return {
    interactionId,
    receiptIds,
    openState: isOpen ? objectTextOf(files, statePathOf(interactionId)) : null,
    message:
      message === null
        ? null
        : { extension: message, bytes: bytesOf(files, messagePathOf(interactionId, message)) },
    opened: isOpened ? bytesOf(files, openedPathOf(interactionId)) : null,
  };
}

const STEP = /^(left|right) ([0-9a-f]{64})$/;

/** Reads the earlier head of this size, which bounds rows. */
function boundIn(files: PackFiles, size: number): PackBound {
  const path = boundHeadPathOf(size, "txt");
  const [stated, root = "", madeAt = ""] = textOf(files, path).split("\n");
  if (stated !== String(size)) throw new Unreadable(path, "It is not the head of this size.");
  return { size, root, madeAt, signature: bytesOf(files, boundHeadPathOf(size, "sig")) };
}

function boundOf(files: PackFiles, path: string, size: number): PackRow["bound"] {
  const [stated, ...lines] = textOf(files, path).split("\n").slice(0, -1);
  if (stated !== String(size)) throw new Unreadable(path, "It is not of the head of this size.");
  return { size, proof: stepsIn(lines, path) };
}

const proofIn = (files: PackFiles, path: string): PackStep[] =>
  stepsIn(textOf(files, path).split("\n").slice(0, -1), path);

function stepsIn(lines: readonly string[], path: string): PackStep[] {
  return lines.map((line) => {
    const [, side, hash = ""] = STEP.exec(line) ?? [];
    if (side !== "left" && side !== "right") throw new Unreadable(path, "It is not a proof.");
    return { side, hash };
  });
}
