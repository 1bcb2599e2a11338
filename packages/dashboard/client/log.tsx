import { useEffect, useRef } from 'preact/hooks';
import type { LogLine } from '../src/model.js';
import { clock } from './words.js';

const shownCountMax = 200;

/** The last lines. It follows the newest one unless somebody has scrolled up to read. */
export function Log({ lines }: { readonly lines: readonly LogLine[] }) {
  const holder = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  useEffect(() => {
    const element = holder.current;
    if (element !== null && isFollowing.current) element.scrollTop = element.scrollHeight;
  }, [lines]);
  const note = () => {
    const element = holder.current;
    if (element !== null) isFollowing.current = element.scrollHeight - element.scrollTop - element.clientHeight < 20;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <div class="log" ref={holder} onScroll={note} tabIndex={0} role="log" aria-live="off" aria-label="Log">
      {lines.slice(-shownCountMax).map(({ number, at, text }) => (
        <div key={number}>
          <time dateTime={new Date(at).toISOString()}>{clock(at)}</time> {text}
        </div>
      ))}
    </div>
  );
}
