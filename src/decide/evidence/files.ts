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
import {
  boundHeadPathOf,
  boundPathOf,
  CONTENTS,
  messagePathOf,
  openedPathOf,
  PAGE,
  proofPathOf,
  rowPathOf,
  statePathOf,
  SUMS,
  templatePathOf,
} from "./paths.ts";

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
    ...pack.templates.map(({ id, version, text }) => [templatePathOf(id, version), text] as const),
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
    ...(openState === null ? [] : [[statePathOf(interactionId), openState] as const]),
    ...(message === null
      ? []
      : [[messagePathOf(interactionId, message.extension), message.bytes] as const]),
    ...(opened === null ? [] : [[openedPathOf(interactionId), opened] as const]),
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
