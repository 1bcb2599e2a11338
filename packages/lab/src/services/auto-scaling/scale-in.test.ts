import { describe, expect, it } from 'vitest';
import { chooseVictim } from './scale-in.js';

const NOW = Date.parse('2018-11-11T08:00:00Z');
const minutes = (count: number) => NOW - count * 60_000;

interface Setting {
  readonly id: string;
  readonly zone?: string;
  readonly version?: string;
  readonly ageMinutes?: number;
}

function victimOf(settings: readonly Setting[], policies: readonly string[], random = 0): string | undefined {
  const zoneCounts = new Map<string, number>();
  for (const { zone = 'a' } of settings) zoneCounts.set(zone, (zoneCounts.get(zone) ?? 0) + 1);
  const candidates = settings.map(({ id, zone = 'a', version = '1', ageMinutes = 10 }) => ({
    launchedAt: minutes(ageMinutes),
    instance: {
      InstanceId: id,
      AvailabilityZone: zone,
      LifecycleState: 'InService' as const,
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: false,
      ...(version === 'configuration' ? { LaunchConfigurationName: 'old' } : { LaunchTemplate: { Version: version } }),
    },
  }));
  return chooseVictim({ candidates, zoneCounts, policies, now: NOW, random })?.InstanceId;
}

const fleet: readonly Setting[] = [
  { id: 'old', version: '1', ageMinutes: 200 },
  { id: 'configured', version: 'configuration', ageMinutes: 100 },
  { id: 'hour', version: '2', ageMinutes: 59 },
  { id: 'new', version: '10', ageMinutes: 1 },
];

describe('scale-in', () => {
  it.each([
    [['Default'], 'configured'],
    [['OldestInstance'], 'old'],
    [['NewestInstance'], 'new'],
    [['OldestLaunchTemplate'], 'old'],
    [['OldestLaunchConfiguration'], 'configured'],
    [['ClosestToNextInstanceHour'], 'hour'],
    [['AllocationStrategy', 'NewestInstance'], 'new'],
  ])('by %j takes %s', (policies, expected) => {
    expect(victimOf(fleet, policies)).toBe(expected);
  });

  it('compares versions as numbers: 9 is older than 10', () => {
    const pair = [
      { id: 'ten', version: '10', ageMinutes: 90 },
      { id: 'nine', version: '9', ageMinutes: 1 },
    ];
    expect(victimOf(pair, ['Default'])).toBe('nine');
  });

  it('takes from the fullest zone, whatever the policy says of the others', () => {
    const zones = [
      { id: 'oldest', zone: 'b', ageMinutes: 500 },
      { id: 'first', zone: 'a', ageMinutes: 5 },
      { id: 'second', zone: 'a', ageMinutes: 4 },
    ];
    expect(victimOf(zones, ['OldestInstance'])).toBe('first');
  });

  it('lets the candidates of equally full zones compete', () => {
    const zones = [
      { id: 'young', zone: 'a', version: '2' },
      { id: 'old', zone: 'b', version: '1' },
    ];
    expect(victimOf(zones, ['Default'])).toBe('old');
  });

  it('breaks the last tie by chance', () => {
    const twins = [{ id: 'left' }, { id: 'right' }];
    expect([victimOf(twins, ['Default'], 0), victimOf(twins, ['Default'], 0.9)]).toEqual(['left', 'right']);
  });

  it('takes nobody from nobody', () => {
    expect(victimOf([], ['Default'])).toBeUndefined();
  });
});
