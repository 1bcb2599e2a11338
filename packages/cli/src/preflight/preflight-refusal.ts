import type { Finding } from '@directrix/preflight';
import { DirectrixError, relayCode } from '@directrix/rollout';
import { tellRescue } from './rescue.js';

/** What was refused. */
interface Refused {
  readonly groupName: string;
  /** What was typed after `directrix`. */
  readonly argv: readonly string[];
}

/** Preflight found reasons why the rollout would fail. One of them is its own code; several are PREFLIGHT_FAILED. */
export class PreflightRefusal extends DirectrixError {
  constructor(
    refused: Refused,
    readonly findings: readonly Finding[],
  ) {
    const errors = findings.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    const codes = [...new Set(errors.map(({ code }) => code))];
    super(
      errors.length === 1 ? relayCode(first!.code) : 'PREFLIGHT_FAILED',
      errors.length === 1
        ? first!.message
        : `${errors.length} reasons why a rollout of ${refused.groupName} would fail: ${codes.join(', ')}.`,
      { source: `group ${refused.groupName}`, hint: advise(refused, errors, codes) },
    );
  }
}

/** What accepting the broken baseline sets aside by itself. */
const baselineCodes: readonly string[] = ['NO_HEALTHY_BASELINE', 'BASELINE_IMAGE_MISSING'];

function advise({ argv }: Refused, errors: readonly Finding[], codes: readonly string[]): string {
  const mend = errors.length === 1 ? (errors[0]?.fix?.text ?? 'see the finding') : 'fix them all';
  if (codes.includes('NO_HEALTHY_BASELINE'))
    return `${tellRescue(
      argv,
      codes.filter((code) => !baselineCodes.includes(code)),
    )}; else ${mend}`;
  return `${mend}; or override: ${codes.map((code) => `--skip ${code}`).join(' ')}`;
}
