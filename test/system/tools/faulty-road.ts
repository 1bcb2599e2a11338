// The road between a deployer and AWS, with accidents: calls that are refused for a while, lost answers, long waits.
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FaultyRoad {
  readonly url: string;
  /** How many of each accident happened. */
  readonly accidents: Readonly<Record<Accident, number>>;
  close(): Promise<void>;
}

type Accident = 'unavailable' | 'lostAnswer' | 'slow';

/** Of a hundred calls. */
const ACCIDENTS_IN_100: readonly (readonly [Accident, number])[] = [
  ['unavailable', 3],
  ['lostAnswer', 1],
  ['slow', 2],
];
const SLOW_MS = 400;

/** Forwards every call to `target`, and lets accidents happen as `random` (0 to 1) decides. */
export async function openFaultyRoad(target: string, random: () => number): Promise<FaultyRoad> {
  const accidents: Record<Accident, number> = { unavailable: 0, lostAnswer: 0, slow: 0 };
  const agent = new Agent({ keepAlive: true });
  const drawAccident = (): Accident | undefined => {
    let draw = random() * 100;
    for (const [accident, share] of ACCIDENTS_IN_100) {
      draw -= share;
      if (draw < 0) {
        accidents[accident] += 1;
        return accident;
      }
    }
    return undefined;
  };

  const forward = (incoming: IncomingMessage, answer: ServerResponse, isAnswerLost: boolean): void => {
    const { method, headers, url = '/' } = incoming;
    const outgoing = request(new URL(url, target), { method, headers, agent }, (response) => {
      if (isAnswerLost) {
        response.resume();
        incoming.socket.destroy();
        return;
      }
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => incoming.socket.destroy());
    incoming.pipe(outgoing);
  };

  const server = createServer((incoming, answer) => {
    const accident = drawAccident();
    if (accident === 'unavailable') {
      incoming.resume();
      // This machine's time is not AWS's.
      answer.sendDate = false;
      answer.writeHead(503).end();
    } else if (accident === 'slow') {
      setTimeout(() => forward(incoming, answer, false), SLOW_MS);
    } else {
      forward(incoming, answer, accident === 'lostAnswer');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    agent.destroy();
  };
  return { url: `http://127.0.0.1:${port}`, accidents, close };
}
