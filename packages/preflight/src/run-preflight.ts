// preflight: every reason why a rollout would fail, before anything changes.
//
//   P1. Pure and deterministic: the same snapshot and intent give the same findings in the same order, to the byte.
//   P2. Complete: every check is run, whatever the others found.
//   P3. What was not read is a note (PREFLIGHT_NOT_READ), and a path that hangs on it is not decided; no error is guessed from it.
//   P4. Holds no secret: the snapshot has names only.
import { buildNetwork } from '@directrix/reachability';
import { type Check, type CheckContext, readValue } from './check.js';
import { checkBaseline } from './checks/baseline.js';
import { checkBystanders } from './checks/bystanders.js';
import { checkCanary } from './checks/canary.js';
import { checkCapacityType } from './checks/capacity-type.js';
import { checkCredentials } from './checks/credentials.js';
import { checkDeployer } from './checks/deployer.js';
import { checkDeregistration } from './checks/deregistration.js';
import { checkFailOpen } from './checks/fail-open.js';
import { checkForecast } from './checks/forecast.js';
import { checkHeadroom } from './checks/headroom.js';
import { checkHealthCheck } from './checks/health-check.js';
import { checkImage } from './checks/image.js';
import { checkLaunchTemplate } from './checks/launch-template.js';
import { checkLifecycleHooks } from './checks/lifecycle-hooks.js';
import { checkLoadBalancerPath } from './checks/load-balancer-path.js';
import { checkLogsEndpoint } from './checks/logs-endpoint.js';
import { checkNotRead } from './checks/not-read.js';
import { checkOtherRollouts } from './checks/other-rollouts.js';
import { checkProcesses } from './checks/processes.js';
import { checkScheduledActions } from './checks/scheduled-actions.js';
import { checkSecretsNames } from './checks/secrets-names.js';
import { checkSecretsNetwork } from './checks/secrets-network.js';
import { checkSecretsPermissions } from './checks/secrets-permissions.js';
import { checkTargetGroup } from './checks/target-group.js';
import { checkVersionRoute } from './checks/version-route.js';
import type { Finding, Severity } from './finding.js';
import type { PreflightIntent } from './intent.js';
import { dropRepeatedCalls, separateEntries } from './network/distinct-entries.js';
import type { PreflightSnapshot } from './snapshot.js';

/** Every check by its file's name, in the order in which a reader meets them. */
export const checks: Readonly<Record<string, Check>> = {
  'secrets-network': checkSecretsNetwork,
  bystanders: checkBystanders,
  'secrets-permissions': checkSecretsPermissions,
  'secrets-names': checkSecretsNames,
  'load-balancer-path': checkLoadBalancerPath,
  'target-group': checkTargetGroup,
  'version-route': checkVersionRoute,
  canary: checkCanary,
  'health-check': checkHealthCheck,
  headroom: checkHeadroom,
  'launch-template': checkLaunchTemplate,
  'capacity-type': checkCapacityType,
  image: checkImage,
  processes: checkProcesses,
  'other-rollouts': checkOtherRollouts,
  'scheduled-actions': checkScheduledActions,
  'lifecycle-hooks': checkLifecycleHooks,
  deregistration: checkDeregistration,
  baseline: checkBaseline,
  'fail-open': checkFailOpen,
  'logs-endpoint': checkLogsEndpoint,
  deployer: checkDeployer,
  credentials: checkCredentials,
  forecast: checkForecast,
  'not-read': checkNotRead,
};

const severities: readonly Severity[] = ['error', 'warning', 'note'];

/** All findings: errors first, then warnings, then notes; within each in the order of `checks`. */
export function runPreflight(snapshot: PreflightSnapshot, intent: PreflightIntent): Finding[] {
  const network = readValue(snapshot.network);
  const context: CheckContext = { snapshot, intent, network: network && buildNetwork(network) };
  const found = Object.entries(checks).flatMap(([check, run]) =>
    run(context).map((one): Finding => ({ ...one, check })),
  );
  const together = network === undefined ? found : separateEntries(found, network);
  const inOrder = severities.flatMap((severity) => together.filter((finding) => finding.severity === severity));
  return [...dropRepeatedCalls(inOrder)];
}
