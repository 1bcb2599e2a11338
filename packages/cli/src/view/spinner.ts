import type { Io } from '../io.js';
import { cutLine } from '../text/lines.js';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;
const clearLine = '\r\u001b[K';

/** Does `work`, and shows on a terminal that something is going on, for how long. The line is gone afterwards. */
export async function showProgress<T>(
  { stderr, env }: Pick<Io, 'stderr' | 'env'>,
  text: string,
  work: () => Promise<T>,
): Promise<T> {
  if (!stderr.isTTY || env.TERM === 'dumb') return work();
  let frame = 0;
  const draw = () => {
    const seconds = Math.floor((frame * frameMs) / 1_000);
    stderr.write(`${clearLine}${cutLine(`${frames[frame % frames.length]} ${text} (${seconds} s)`, stderr.columns)}`);
    frame++;
  };
  draw();
  const timer = setInterval(draw, frameMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    stderr.write(clearLine);
  }
}
