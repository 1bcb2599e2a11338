import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Input, Output } from '../io.js';

/** The process's own stdin. Nothing is read before it is asked for. */
export function describeInput(stdin: NodeJS.ReadStream, stderr: Pick<Output, 'write'>): Input {
  return {
    isTTY: stdin.isTTY === true,
    async readAll() {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array));
      return Buffer.concat(chunks).toString('utf8');
    },
    readHidden(prompt, signal) {
      return new Promise((resolve, reject) => {
        // What readline echoes goes nowhere; the terminal itself is in raw mode and echoes nothing.
        const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
        const reader = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0, signal });
        stderr.write(prompt);
        let isAnswered = false;
        reader.once('line', (line) => {
          isAnswered = true;
          reader.close();
          stderr.write('\n');
          resolve(line);
        });
        reader.once('close', () => {
          if (!isAnswered) reject(new Error('the prompt was closed'));
        });
      });
    },
  };
}
