import { writeSync } from "node:fs";

/** The output of log lines. */
export interface LogDestination {
  /** Takes one line and returns at once, even if the output is not read. */
  write(line: string): void;
  /** Writes the remaining lines, for at most this many ms. It blocks, so it is for the end of the process. */
  flush(withinMs: number): void;
}

export interface LogDestinationOptions {
  /** The size of the buffer for waiting lines, in bytes. Lines that do not fit are dropped. */
  readonly maxBytes?: number;
  /** Gets the number of dropped lines, once there is room again. */
  readonly onDropped: (lines: number) => void;
}

const MAX_BYTES = 4 * 2 ** 20;
/** The interval between writes while the reader does not read (ms). */
const RETRY_MS = 20;

/**
 * Writes lines to a file descriptor that does not block. Each line is written at once, so none is lost when the process
 * ends. A reader that stalls does not stop the process: lines wait in a bounded buffer, then they are dropped and
 * counted. A reader that has ended is no error.
 */
export function openLogDestination(
  fd: number,
  { maxBytes = MAX_BYTES, onDropped }: LogDestinationOptions,
): LogDestination {
  const buffer = createBuffer(fd);
  let dropped = 0;
  let retry: NodeJS.Timeout | undefined;

  const drain = (): void => {
    buffer.writeOut();
    if (dropped > 0 && buffer.bytes() <= maxBytes / 2) {
      const lines = dropped;
      dropped = 0;
      onDropped(lines);
    }
    if (buffer.bytes() > 0) retry ??= setTimeout(tryAgain, RETRY_MS).unref();
  };
  const tryAgain = (): void => {
    retry = undefined;
    drain();
  };

  return {
    write(line) {
      const bytes = Buffer.from(line);
      // once lines were dropped, no other line is taken before the report of them has its place
      if (dropped > 0 || buffer.bytes() + bytes.length > maxBytes) dropped += 1;
      else buffer.add(bytes);
      if (retry === undefined) drain();
    },
    flush(withinMs) {
      const end = performance.now() + withinMs;
      drain();
      while (buffer.bytes() > 0 && performance.now() < end) {
        pause(RETRY_MS);
        drain();
      }
    },
  };
}

/** Lines that wait for a file descriptor. */
interface LineBuffer {
  add(line: Buffer): void;
  /** Writes as much as the reader takes. */
  writeOut(): void;
  /** The number of bytes that wait. */
  bytes(): number;
}

function createBuffer(fd: number): LineBuffer {
  let lines: Buffer[] = [];
  let size = 0;
  return {
    add(line) {
      lines.push(line);
      size += line.length;
    },
    writeOut() {
      for (let first = lines[0]; first !== undefined; first = lines[0]) {
        const written = tryWrite(fd, first);
        if (written === 0) return;
        size -= written;
        lines[0] = first.subarray(written);
        if (lines[0].length === 0) lines.shift();
      }
    },
    bytes: () => size,
  };
}

/** The reader has ended. */
const GONE: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET", "ENOTCONN", "EBADF"]);

/**
 * Returns the number of bytes that were written: all of them if the reader has ended, none if it is slow or a disk is
 * full.
 */
function tryWrite(fd: number, bytes: Buffer): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return GONE.has(code) ? bytes.length : 0;
  }
}

const pause = (ms: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
