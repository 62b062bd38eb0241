import type { PackRow } from "../../domain/evidence/pack.ts";

/** The file with the hash of every other file, in the form of `sha256sum`. */
export const SUMS = "SHA256SUMS";
/** The page, which is written from the other files. */
export const PAGE = "index.html";
/** The file that lists the rows and attempts of the pack. */
export const CONTENTS = "pack.json";

/** The path of the text of a row: the text of its leaf, or the part of it that may be shown. */
export const rowPathOf = ({
  source,
  id,
  isRedacted,
}: Pick<PackRow, "source" | "id" | "isRedacted">): string =>
  `${isRedacted ? "redacted" : "rows"}/${source}/${id}.json`;

/** The path of the file with the steps from the row to the root of the head. */
export const proofPathOf = ({ source, id }: Pick<PackRow, "source" | "id">): string =>
  `proofs/${source}/${id}.txt`;

/** The path of the file with the size of an earlier head, and the steps from the row to its root. */
export const boundPathOf = ({ source, id }: Pick<PackRow, "source" | "id">): string =>
  `bounds/${source}/${id}.txt`;

/** The path of the text or the signature of an earlier head of this size. */
export const boundHeadPathOf = (size: number, extension: "txt" | "sig"): string =>
  `heads/${size}.${extension}`;

/** The path of the present state of an attempt that is no leaf. */
export const statePathOf = (interactionId: string): string => `states/${interactionId}.json`;
/** The path of the bytes that were sent. */
export const messagePathOf = (interactionId: string, extension: string): string =>
  `messages/${interactionId}.${extension}`;
/** The path of sensitive content that was opened for the pack. */
export const openedPathOf = (interactionId: string): string => `contents/${interactionId}.bin`;

/** The path of the texts of a template version. */
export const templatePathOf = (id: number, version: number): string =>
  `templates/${id}.${version}.json`;
