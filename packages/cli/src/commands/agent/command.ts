import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';

/** Everything behind the word is the agent's: @directrix/agent owns its options, its help and its texts. */
export function registerAgent(program: Command, context: CommandContext): void {
  program
    .command('agent')
    .description("on an instance: ship its journal to CloudWatch Logs; 'agent install' writes the systemd unit")
    .argument('[words...]', 'as directrix-agent takes them; directrix agent --help lists them')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(async (words: readonly string[]) => {
      const { main } = await import('@directrix/agent');
      const { io } = context;
      const code = await main(words, {
        env: io.env,
        signal: io.signal,
        out: (text) => io.stdout.write(text),
        warn: (line) => io.stderr.write(`${line}\n`),
      });
      context.setExitCode(code === 0 ? exitCode.done : exitCode.refused);
    });
}
