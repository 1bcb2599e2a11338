import type { Post } from './channel.js';

/** POST over the platform's fetch. A redirect is not followed: what was said to one server is not for another. */
export const fetchPost: Post = async (url, { headers, body, signal }) => {
  const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
  await response.body?.cancel();
  return { status: response.status };
};
