// health socket: a Unix socket that answers any request with the agent's health as JSON. Try: curl --unix-socket PATH http://agent/
import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { AgentHealth } from './progress.js';

export interface HealthSocket {
  close(): Promise<void>;
}

/** Rejects when another agent answers on the socket already, and when it cannot be made. */
export async function openHealthSocket(path: string, health: () => AgentHealth): Promise<HealthSocket> {
  await mkdir(dirname(path), { recursive: true });
  if (await isAnswered(path)) throw new Error(`another agent answers on ${path}`);
  await removeStale(path);
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(health())}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o660);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Of an agent that was killed. Anything else at this path is somebody's file and stays. */
async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`${path} is not a socket`);
  await rm(path, { force: true });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
