#!/usr/bin/env node
// Old syntax and no imports: an older Node must get as far as the refusal.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Directrix needs Node 20.19 or later; this is ${process.versions.node}.\n`);
  process.exit(2);
}
if (major < 22 && process.stderr.isTTY) {
  process.stderr.write(`note: Node ${major} works; AWS SDK releases after January 2027 will need Node 22.\n`);
}
import('../dist/main.js').catch((error) => {
  // Never 1 or 2: those say something of the group.
  process.stderr.write(`error UNEXPECTED: Directrix could not be loaded: ${error.code}; install it again\n`);
  process.exitCode = 3;
});
