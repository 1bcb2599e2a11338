import type { Output } from '../io.js';

/** An output of the process, which may fail at any time: its disk fills up, its terminal is closed, its reader goes away. */
export interface ProcessOutput extends Output {
  /** Why something that was written is lost: `ENOSPC`, `EFBIG`, `EIO`. Undefined: nothing is, or nobody was left to read it. */
  readonly lostBecause: string | undefined;
}

/** A reader that has stopped reading does not stop us; it is owed this much, and misses what comes after that. */
const maxBufferedCharacters = 1_048_576;

/** Writes to `stream`, and never throws: what cannot be written is lost. */
export function describeOutput(stream: NodeJS.WriteStream): ProcessOutput {
  let lostBecause: string | undefined;
  let isClosed = false;
  const noteLoss = (error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    // A reader that went away (`| head`) has seen what it wanted.
    if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') isClosed = true;
    else lostBecause ??= code;
  };
  stream.on('error', noteLoss);
  return {
    write(text) {
      if (stream.writableLength > maxBufferedCharacters) {
        lostBecause ??= 'its reader has stopped reading';
        return;
      }
      try {
        stream.write(text);
      } catch (error) {
        noteLoss(error);
      }
    },
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
    get isClosed() {
      return isClosed;
    },
    get lostBecause() {
      return lostBecause;
    },
  };
}
