import { toneOf } from './words.js';

export function Badge({ what, text }: { readonly what: string; readonly text: string }) {
  return <span class={`badge ${toneOf(what)}`}>{text}</span>;
}
