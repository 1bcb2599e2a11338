// The command: its process, and in it the program.
import { runProcess } from './process/run-process.js';
import { runProgram } from './program.js';

// The SDK warns on stderr of Node releases that it will leave one day; package.json's engines say what works.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

await runProcess((io) => runProgram(process.argv.slice(2), io));
