import type { Finding } from '@directrix/preflight';
import { DirectrixError } from '@directrix/rollout';

/** Preflight found reasons why the rollout would fail. One of them is its own code; several are PREFLIGHT_FAILED. */
export class PreflightRefusal extends DirectrixError {
  constructor(
    groupName: string,
    readonly findings: readonly Finding[],
  ) {
    const errors = findings.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    const codes = [...new Set(errors.map(({ code }) => code))];
    const skip = `or say what you override: ${codes.map((code) => `--skip ${code}`).join(' ')}`;
    super(
      errors.length === 1 ? first!.code : 'PREFLIGHT_FAILED',
      errors.length === 1
        ? first!.message
        : `${errors.length} reasons why a rollout of ${groupName} would fail: ${codes.join(', ')}.`,
      {
        source: `group ${groupName}`,
        hint: errors.length === 1 ? `${first!.fix?.text ?? 'see the finding'}; ${skip}` : `mend them all; ${skip}`,
      },
    );
  }
}
