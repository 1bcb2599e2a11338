// Bugs in the lab: an AWS that is kinder than AWS.
const routing = ['src/load-balancer/routing.test.ts'];

export const mutants = [
  {
    name: 'the last rule whose conditions are met decides',
    file: 'src/load-balancer/routing.ts',
    from: 'if (found !== undefined && priority(rule) >= priority(found)) continue;',
    to: 'if (found !== undefined && priority(rule) <= priority(found)) continue;',
    tests: routing,
  },
  {
    name: 'one condition of a rule is enough',
    file: 'src/load-balancer/routing.ts',
    from: 'if ((rule.Conditions ?? []).every((condition)',
    to: 'if ((rule.Conditions ?? []).length === 0 || (rule.Conditions ?? []).some((condition)',
    tests: routing,
  },
  {
    name: 'a permanent redirect is a temporary one',
    file: 'src/load-balancer/routing.ts',
    from: "statusCode: config?.StatusCode === 'HTTP_301' ? 301 : 302,",
    to: 'statusCode: config?.StatusCode === undefined ? 301 : 302,',
    tests: routing,
  },
  {
    name: 'timers of a deleted group move the group of its name',
    file: 'src/services/auto-scaling/reconcile.ts',
    from: "if (!record || record.group.AutoScalingGroupARN !== event.id) return 'unchanged';",
    to: "if (!record) return 'unchanged';",
    tests: [
      'src/services/auto-scaling/group-sizes.test.ts',
      'src/services/auto-scaling/health.test.ts',
      'src/services/auto-scaling/departure.test.ts',
    ],
  },
  {
    name: 'the group does not replace what is unhealthy',
    file: 'src/services/auto-scaling/reconcile.ts',
    from: '  replaceUnhealthy(record, context);\n',
    to: '',
    tests: ['src/services/auto-scaling/health.test.ts'],
  },
];
