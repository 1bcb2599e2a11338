// The front as a service of the machine.
import { sitePort } from '../site/site.js';
import { createFront } from './front.js';

const ports = [80, 8888];
const servers = ports.map((port) => {
  const server = createFront(`http://127.0.0.1:${sitePort}`, (isThere, reason) => {
    console.log(`${port}: upstream 127.0.0.1:${sitePort} is ${isThere ? 'there' : 'not there'}: ${reason}`);
  });
  server.listen(port, () => console.log(`front listens on ${port}`));
  return server;
});

process.once('SIGTERM', () => {
  for (const server of servers) {
    server.close();
    server.closeIdleConnections();
  }
});
