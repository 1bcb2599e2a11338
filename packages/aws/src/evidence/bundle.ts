// What is kept of an instance that is quarantined: one JSON file that only its owner can read.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActivityObservation, Observation, Reason, RolloutRecord, VersionReport } from '@directrix/rollout';
import { z } from 'zod';
import type { AwsClients } from '../clients/aws-clients.js';
import { describeInstances } from '../observe/instances.js';
import { parseJson } from '../state/parse-json.js';
import { getConsoleOutput } from './console-output.js';
import type { TargetChange } from './target-history.js';

export interface EvidenceBundle {
  readonly schema: 1;
  readonly rolloutId: string;
  readonly groupName: string;
  readonly instanceId: string;
  readonly collectedAt: string;
  readonly because: Reason;
  /** EC2's words of the instance, without user data or anything that it was configured with. */
  readonly instance?: Readonly<Record<string, unknown>>;
  readonly lifecycleState?: string;
  readonly targetHealth: readonly TargetChange[];
  readonly activities: readonly ActivityObservation[];
  readonly reports: readonly VersionReport[];
  readonly console?: string;
  /** What could not be had, and why. */
  readonly missing: readonly string[];
}

interface EvidenceSources {
  readonly clients: AwsClients;
  readonly now: number;
  readonly because: Reason;
  readonly observation?: Observation;
  readonly targetHealth: readonly TargetChange[];
  readonly reports: readonly VersionReport[];
}

/** Asks for everything at once. A source that fails is named in `missing`: no evidence is worth stopping a rollback for. */
export async function collectEvidence(
  record: RolloutRecord,
  instanceId: string,
  sources: EvidenceSources,
): Promise<EvidenceBundle> {
  const missing: string[] = [];
  const settle = async <Value>(what: string, asked: Promise<Value>): Promise<Value | undefined> =>
    asked.catch((error: Error) => {
      missing.push(`${what}: ${error.message}`);
      return undefined;
    });
  const [console, instances] = await Promise.all([
    settle('console output', getConsoleOutput(sources.clients, instanceId)),
    settle('instance', describeInstances(sources.clients, [instanceId])),
  ]);
  const instance = instances?.get(instanceId);
  const group = sources.observation?.group;
  return {
    schema: 1,
    rolloutId: record.rolloutId,
    groupName: record.groupName,
    instanceId,
    collectedAt: new Date(sources.now).toISOString(),
    because: sources.because,
    instance: instance && {
      imageId: instance.ImageId,
      instanceType: instance.InstanceType,
      state: instance.State?.Name,
      stateReason: instance.StateReason?.Message,
      launchedAt: instance.LaunchTime?.toISOString(),
      availabilityZone: instance.Placement?.AvailabilityZone,
      subnetId: instance.SubnetId,
      vpcId: instance.VpcId,
      privateIpAddress: instance.PrivateIpAddress,
      privateDnsName: instance.PrivateDnsName,
      securityGroups: instance.SecurityGroups?.map(({ GroupId, GroupName }) => `${GroupId} ${GroupName}`),
      instanceProfile: instance.IamInstanceProfile?.Arn,
      tags: instance.Tags?.map(({ Key, Value }) => `${Key}=${Value}`),
    },
    lifecycleState: group?.instances.find((member) => member.instanceId === instanceId)?.lifecycleState,
    targetHealth: sources.targetHealth,
    activities: (group?.activities ?? []).filter(({ description, cause, statusMessage }) =>
      `${description} ${cause} ${statusMessage}`.includes(instanceId),
    ),
    reports: sources.reports,
    console,
    missing,
  };
}

/** Writes the bundle whole or not at all, and returns its path. The directory and the file are the owner's only. */
export async function writeBundle(directory: string, bundle: EvidenceBundle): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${bundle.instanceId}.json`);
  await writeFile(`${path}.part`, `${JSON.stringify(bundle, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.part`, path);
  return path;
}

/** What is told of a bundle later on; whoever wants the rest opens the file. A later Directrix may have written more. */
const keptBundle = z.looseObject({
  rolloutId: z.string(),
  groupName: z.string(),
  instanceId: z.string(),
  collectedAt: z.string(),
  because: z.looseObject({ code: z.string(), evidence: z.array(z.string()).optional() }).optional(),
  lifecycleState: z.string().optional(),
  instance: z.looseObject({ instanceType: z.string().optional(), imageId: z.string().optional() }).optional(),
  targetHealth: z
    .array(z.looseObject({ state: z.string(), reason: z.string().optional(), description: z.string().optional() }))
    .default([]),
  console: z.string().optional(),
  missing: z.array(z.string()).default([]),
});

export type KeptBundle = z.infer<typeof keptBundle>;

/** Undefined when there is no bundle at the path, or none that can be read. */
export async function readBundle(path: string): Promise<KeptBundle | undefined> {
  try {
    return parseJson(keptBundle, await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const tailLines = 12;

/** The last lines of a console that say anything. */
export function consoleTailOf(bundle: EvidenceBundle): string[] {
  const lines = (bundle.console ?? '').split(/\r?\n/).map((line) => line.trimEnd());
  return lines.filter((line) => line !== '').slice(-tailLines);
}
