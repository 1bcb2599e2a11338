// install: the agent as a systemd service.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AgentError } from './agent-error.js';
import type { AgentOptions } from './options.js';
import { optionsSchema } from './options.js';

const UNIT_FILE = '/etc/systemd/system/directrix-agent.service';

interface UnitParts {
  readonly node: string;
  readonly script: string;
  readonly configFile: string;
}

/** systemd.exec(5) and journalctl(1): the group systemd-journal may read the whole journal. */
export function unitText({ node, script, configFile }: UnitParts): string {
  return `[Unit]
Description=Directrix agent: ships the journal to CloudWatch Logs
After=network-online.target systemd-journald.service
Wants=network-online.target

[Service]
Type=exec
ExecStart=${[node, script, '--config', configFile].map(quote).join(' ')}
Restart=always
RestartSec=2
TimeoutStopSec=15
# Its journalctl must not be told to stop before it is: what the other services say at the end is shipped too.
KillMode=mixed
# What the agent says must be readable when nothing else works: ec2 get-console-output shows it.
StandardError=journal+console
DynamicUser=yes
SupplementaryGroups=systemd-journal
StateDirectory=directrix-agent
RuntimeDirectory=directrix-agent
Environment=NODE_OPTIONS=--max-old-space-size=128
MemoryMax=256M
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
`;
}

/** systemd.service(5), "Quoting": double quotes, a backslash before quotes and backslashes, and %% for %. */
function quote(word: string): string {
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w./-]+$/.test(word) ? word : `"${escaped}"`;
}

/** The options that differ from the defaults, as the configuration file holds them. */
export function configText(options: AgentOptions): string {
  const defaults: Readonly<Record<string, unknown>> = optionsSchema.parse({ group: 'x' });
  const own = Object.entries(options).filter(
    ([name, value]) => name === 'group' || JSON.stringify(defaults[name]) !== JSON.stringify(value),
  );
  return `${JSON.stringify(Object.fromEntries(own), null, 2)}\n`;
}

interface Installation {
  readonly unitFile: string;
  readonly configFile: string;
}

/** Writes the unit and the configuration. Throws AgentError AGENT_NOT_INSTALLED, naming the file. */
export async function install(
  options: AgentOptions,
  parts: UnitParts,
  unitFile: string = UNIT_FILE,
): Promise<Installation> {
  await write(parts.configFile, configText(options));
  await write(unitFile, unitText(parts));
  return { unitFile, configFile: parts.configFile };
}

async function write(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode: 0o644 });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new AgentError('AGENT_NOT_INSTALLED', `${path} cannot be written: ${code ?? message}`, {
      hint: 'Run it as root, or use --print to see the unit and write it yourself.',
      cause,
    });
  }
}
