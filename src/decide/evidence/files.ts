import { hash } from "node:crypto";
import {
  type Pack,
  PACK_FORMAT,
  type PackBound,
  type PackFiles,
  type PackRow,
  type PackStep,
  PAGE_VERSION,
} from "../../domain/evidence/pack.ts";
import { README, VERIFY_SCRIPT } from "./instructions.ts";
import { evidencePage } from "./page.ts";

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
export const proofPathOf = ({ source, id }: Pick<PackRow, "source" | "id">): string =>
  `proofs/${source}/${id}.txt`;

/** The path of the file with the size of an earlier head, and the steps from the row to its root. */
export const boundPathOf = ({ source, id }: Pick<PackRow, "source" | "id">): string =>
  `bounds/${source}/${id}.txt`;
export const boundHeadPathOf = (size: number, extension: "txt" | "sig"): string =>
  `heads/${size}.${extension}`;

/** Returns the files of a pack in the order of their paths. The same pack gives the same bytes. */
export function filesOf(pack: Pack): PackFiles {
  const files = new Map<string, string | Buffer>([
    ["README.txt", README],
    ["verify.sh", VERIFY_SCRIPT],
    [CONTENTS, contentsOf(pack)],
    [PAGE, evidencePage(pack)],
    ...headFiles(pack),
    ...pack.bounds.flatMap(boundHeadFiles),
    ...pack.rows.flatMap(rowFiles),
    ...pack.attempts.flatMap(attemptFiles),
    ...pack.templates.map(
      ({ id, version, text }) => [`templates/${id}.${version}.json`, text] as const,
    ),
  ]);
  const sorted = [...files]
    .map(([path, content]) => [path, Buffer.from(content)] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return new Map([...sorted, [SUMS, sumsOf(sorted)]]);
}

type File = readonly [path: string, content: string | Buffer];

const sumsOf = (files: readonly (readonly [string, Buffer])[]): Buffer =>
  Buffer.from(files.map(([path, content]) => `${hash("sha256", content)}  ${path}\n`).join(""));

function headFiles({ head }: Pack): File[] {
  return [
    ["head.txt", headText(head)],
    ...(head.signature === null ? [] : [["head.sig", head.signature] as const]),
    ...(head.publicKey === null ? [] : [["public-key.pem", head.publicKey] as const]),
  ];
}

/** The signed text of a head. */
const headText = ({ size, root, madeAt }: Pick<PackBound, "size" | "root" | "madeAt">): string =>
  `${size}\n${root}\n${madeAt}\n`;

const boundHeadFiles = (bound: PackBound): File[] => [
  [boundHeadPathOf(bound.size, "txt"), headText(bound)],
  [boundHeadPathOf(bound.size, "sig"), bound.signature],
];

const stepLines = (steps: readonly PackStep[]): string =>
  steps.map(({ side, hash: other }) => `${side} ${other}\n`).join("");

const rowFiles = (row: PackRow): File[] => [
  [rowPathOf(row), row.text],
  [proofPathOf(row), stepLines(row.proof)],
  ...(row.bound === null
    ? []
    : [[boundPathOf(row), `${row.bound.size}\n${stepLines(row.bound.proof)}`] as const]),
];

function attemptFiles({
  interactionId,
  openState,
  message,
  opened,
}: Pack["attempts"][number]): File[] {
  return [
    ...(openState === null ? [] : [[`states/${interactionId}.json`, openState] as const]),
    ...(message === null
      ? []
      : [[`messages/${interactionId}.${message.extension}`, message.bytes] as const]),
    ...(opened === null ? [] : [[`contents/${interactionId}.bin`, opened] as const]),
  ];
}

function contentsOf({
  version: packVersion,
  subject,
  head,
  rows,
  attempts,
  templates,
}: Pack): string {
  const document = {
    format: PACK_FORMAT,
    version: packVersion,
    page: PAGE_VERSION,
    subject,
    head: { size: head.size, root: head.root, madeAt: head.madeAt, keyId: head.keyId },
    rows: rows.map(({ source, id, index, leaf, isRedacted, bound }) => ({
      source,
      id,
      index,
      leaf,
      isRedacted,
      ...(packVersion < 2 ? {} : { boundSize: bound?.size ?? null }),
    })),
    attempts: attempts.map(({ interactionId, receiptIds, openState, message, opened }) => ({
      interactionId,
      receiptIds,
      isOpen: openState !== null,
      message: message?.extension ?? null,
      isOpened: opened !== null,
    })),
    templates: templates.map(({ id, version }) => ({ id, version })),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}
