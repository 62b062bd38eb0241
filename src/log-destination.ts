import { writeSync } from "node:fs";

/** Where log lines are written. */
export interface LogDestination {
  /** Takes one line and returns at once, also when nobody reads. */
  write(line: string): void;
  /** Writes what is left, for at most so many ms. It blocks, so it is for the end of the process. */
  flush(withinMs: number): void;
}

export interface LogDestinationOptions {
  /** Lines that wait for the reader, in bytes; those that do not fit are dropped. */
  readonly maxBytes?: number;
  /** Receives how many lines were dropped, once there is room again. */
  readonly onDropped: (lines: number) => void;
}

const MAX_BYTES = 4 * 2 ** 20;
/** A reader that stalled is tried again this often. */
const RETRY_MS = 20;

/**
 * Writes lines to a file descriptor that does not block. Each line is written at once, so none is lost when the process
 * ends. A reader that stalls stops nothing: lines wait in a bounded buffer, then they are dropped and counted. A reader that
 * is gone is no error.
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
      // once lines are missing, none is taken until the report of them has its place
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

/** Lines on their way to a file descriptor. */
interface LineBuffer {
  add(line: Buffer): void;
  /** Writes what the reader takes. */
  writeOut(): void;
  /** What it has not taken yet. */
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

/** How many bytes were taken: all of them by a reader that is gone, none by one that is slow or by a disk that is full. */
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
