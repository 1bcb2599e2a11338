// Bugs in the checks: silent where they should speak, in another order, in other numbers.
const run = ['src/run-preflight.test.ts'];

export const mutants = [
  {
    name: 'notes come before errors',
    file: 'src/run-preflight.ts',
    from: "const severities: readonly Severity[] = ['error', 'warning', 'note'];",
    to: "const severities: readonly Severity[] = ['note', 'warning', 'error'];",
    tests: run,
  },
  {
    name: 'findings are not sorted by severity',
    file: 'src/run-preflight.ts',
    from: 'return [...dropRepeatedCalls(inOrder)];',
    to: 'return [...dropRepeatedCalls(inOrder.length < 0 ? inOrder : [...together])];',
    tests: run,
  },
  {
    name: 'a target group that makes no checks passes',
    file: 'src/checks/health-check.ts',
    from: 'if (snapshot.targetGroup.HealthCheckEnabled !== false) return [];',
    to: 'if (snapshot.targetGroup.HealthCheckEnabled !== undefined) return [];',
    tests: run,
  },
  {
    name: 'the timeout of a health check does not count',
    file: 'src/checks/health-check.ts',
    from: 'const leastMs = (HealthCheckIntervalSeconds + HealthCheckTimeoutSeconds) * 1000;',
    to: 'const leastMs = (HealthCheckIntervalSeconds + 0 * HealthCheckTimeoutSeconds) * 1000;',
    tests: run,
  },
  {
    name: 'a matcher that accepts errors in a range passes',
    file: 'src/checks/health-check.ts',
    from: 'codes.split(/[,-]/)',
    to: "codes.split(',')",
    tests: run,
  },
  {
    name: 'a full group passes although MaxSize is kept',
    file: 'src/checks/headroom.ts',
    from: 'const isLent = intent.isMaxSizeLent === true;',
    to: 'const isLent = intent.isMaxSizeLent !== undefined || intent.isMaxSizeLent === undefined;',
    tests: run,
  },
  {
    name: 'one subnet that is out of addresses is an error although another has enough',
    file: 'src/checks/headroom.ts',
    from: "severity: free < intent.surge ? 'error' : 'warning',",
    to: "severity: free < 0 ? 'warning' : 'error',",
    tests: run,
  },
  {
    name: 'a subnet whose addresses nobody counted has none',
    file: 'src/checks/headroom.ts',
    from: 'if (own.length === 0 || own.some(({ AvailableIpAddressCount }) => AvailableIpAddressCount === undefined)) return [];',
    to: 'if (own.length === 0) return [];',
    tests: run,
  },
  {
    name: 'a warm pool that is being deleted is in the way',
    file: 'src/checks/headroom.ts',
    from: "if (pool === undefined || pool.Status === 'PendingDelete') return [];",
    to: 'if (pool === undefined) return [];',
    tests: run,
  },
];
