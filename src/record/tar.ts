/** The files of an archive by their path. */
type Files = ReadonlyMap<string, Buffer>;

const BLOCK = 512;
/** The positions of the fields of a ustar header (POSIX.1-1988). */
const NAME = 100;
const SIZE_AT = 124;
const SIZE_LENGTH = 12;
const SUM_AT = 148;
const SUM_LENGTH = 8;
const TYPE_AT = 156;
const MAGIC_AT = 257;

/**
 * Writes files as a tar archive (ustar). Owner, group and times are zero, so the same files give the same bytes. Throws RangeError
 * for a path of more than 100 bytes.
 */
export function writeTar(files: Files): Buffer {
  const blocks = [...files].flatMap(([path, content]) => [
    headerOf(path, content.length),
    content,
    Buffer.alloc(paddingOf(content.length)),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

const octal = (value: number, length: number): string =>
  `${value.toString(8).padStart(length - 1, "0")}\0`;

function headerOf(path: string, size: number): Buffer {
  if (Buffer.byteLength(path) > NAME)
    throw new RangeError("the path is too long for a tar archive");
  const header = Buffer.alloc(BLOCK);
  header.write(path, 0);
  // mode, owner, group
  header.write(octal(0o600, 8) + octal(0, 8) + octal(0, 8), NAME);
  header.write(octal(size, SIZE_LENGTH) + octal(0, 12), SIZE_AT);
  header.write("0", TYPE_AT);
  header.write("ustar\x0000", MAGIC_AT);
  header.write(`${sumOf(header).toString(8).padStart(6, "0")}\0 `, SUM_AT);
  return header;
}

/** The sum of the bytes of a header, in which the field of the sum counts as spaces. */
function sumOf(header: Buffer): number {
  const spaced = Buffer.from(header);
  spaced.fill(" ", SUM_AT, SUM_AT + SUM_LENGTH);
  return spaced.reduce((sum, byte) => sum + byte, 0);
}

/**
 * Reads the files of a tar archive. Folders are left out. Throws RangeError if it is cut off or a header is damaged, and for links and
 * other special files.
 */
export function readTar(archive: Buffer): Files {
  const files = new Map<string, Buffer>();
  for (let at = 0; at < archive.length;) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    const { path, size, isFile } = readHeader(header);
    const begin = at + BLOCK;
    if (begin + size > archive.length) throw new RangeError("the archive is cut off");
    if (isFile) files.set(path, archive.subarray(begin, begin + size));
    at = begin + size + paddingOf(size);
  }
  throw new RangeError("the archive is cut off");
}

function readHeader(header: Buffer): {
  readonly path: string;
  readonly size: number;
  readonly isFile: boolean;
} {
  if (header.length < BLOCK) throw new RangeError("the archive is cut off");
  const text = (at: number, length: number): string =>
    header.toString("utf8", at, at + length).split("\0")[0] ?? "";
  const size = Number.parseInt(text(SIZE_AT, SIZE_LENGTH).trim(), 8);
  if (Number.parseInt(text(SUM_AT, SUM_LENGTH).trim(), 8) !== sumOf(header) || !(size >= 0))
    throw new RangeError("a header of the archive is damaged");
  const type = text(TYPE_AT, 1);
  if (!["0", "", "5"].includes(type))
    throw new RangeError("the archive has a file of another kind");
  return { path: text(0, NAME).replace(/^\.\//, ""), size, isFile: type !== "5" };
}
