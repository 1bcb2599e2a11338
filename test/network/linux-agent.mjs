// Runs in a machine's namespace: listens on the ports of its arguments, and connects as it is told on stdin.
// In: `<id> <address> <port> <source port> <patience in ms>`; out: `<id> open|silent|refused`. Ends with stdin.
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

for (const port of process.argv.slice(2))
  createServer((socket) => socket.on('error', () => {}).end('hello')).listen(Number(port));
console.log('ready');

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [id, host, port, localPort, patience] = line.split(' ');
    const socket = connect({ host, port: Number(port), localPort: Number(localPort) });
    const settle = (outcome) => {
      clearTimeout(timer);
      socket.destroy();
      console.log(`${id} ${outcome}`);
    };
    const timer = setTimeout(() => settle('silent'), Number(patience));
    // An answer of the other side, not only its SYN-ACK.
    socket.once('data', () => settle('open'));
    socket.once('error', () => settle('refused'));
  })
  .on('close', () => process.exit(0));
