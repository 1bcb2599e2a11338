// Bugs in the reading of networks: rules that match too much, order that is lost, what is unknown taken for known.
const groups = ['src/security-group.test.ts', 'src/unknown.test.ts', 'src/reach.test.ts'];
const acls = ['src/network-acl.test.ts', 'src/unknown.test.ts'];
const routes = ['src/route.test.ts', 'src/unknown.test.ts', 'src/several-vpcs.test.ts'];

export const mutants = [
  {
    name: 'a rule for port 0 means every port',
    file: 'src/security-group.ts',
    from: 'const everyPort = !portsCount || permission.FromPort === undefined || permission.FromPort === -1;',
    to: 'const everyPort = !portsCount || !permission.FromPort || permission.FromPort === -1;',
    tests: groups,
  },
  {
    name: 'the last port of a range is left out',
    file: 'src/security-group.ts',
    from: 'rule.fromPort <= question.port && question.port <= rule.toPort;',
    to: 'rule.fromPort <= question.port && question.port < Math.max(rule.toPort, rule.fromPort + 1);',
    tests: groups,
  },
  {
    name: 'a rule for UDP lets TCP through',
    file: 'src/security-group.ts',
    from: 'return rule.protocol === question.protocol && rule.fromPort',
    to: 'return rule.fromPort',
    tests: groups,
  },
  {
    name: 'a group that is not in the snapshot has no rules',
    file: 'src/security-group.ts',
    from: '      unknown ??= `the rules of ${groupId} are not in the snapshot`;\n',
    to: '',
    tests: groups,
  },
  {
    name: 'a prefix list that nobody read holds nothing',
    file: 'src/security-group.ts',
    from: "if (list === undefined) return 'unknown';",
    to: "if (list === undefined) return 'none';",
    tests: [...groups, 'src/several-vpcs.test.ts'],
  },
  {
    name: 'entries of a network ACL are read in the order of the answer',
    file: 'src/network-acl.ts',
    from: '    .sort((a, b) => a.ruleNumber - b.ruleNumber);',
    to: '    .sort(() => 0);',
    tests: acls,
  },
  {
    name: 'a network ACL without readable entries allows nothing',
    file: 'src/network-acl.ts',
    from: 'isUnreadable: acl.Entries === undefined || entries.some(isUnreadable),',
    to: 'isUnreadable: false,',
    tests: acls,
  },
  {
    name: 'entries for egress decide about ingress',
    file: 'src/network-acl.ts',
    from: '    .filter((entry) => (entry.Egress ?? false) === egress)\n    .flatMap((entry) => compileEntry(entry))',
    to: '    .flatMap((entry) => compileEntry(entry))',
    tests: acls,
  },
  {
    name: 'a route table with an unreadable route is read as it stands',
    file: 'src/route-table.ts',
    from: 'isUnreadable: table.Routes === undefined || table.Routes.some(isUnreadable),',
    to: 'isUnreadable: false,',
    tests: routes,
  },
  {
    name: 'the main route table is any of the VPC',
    file: 'src/route-table.ts',
    from: 'if (compiled.isMain) mainByVpc.set(compiled.vpcId, compiled);',
    to: 'mainByVpc.set(compiled.vpcId, compiled);',
    tests: [...routes, 'src/reach.test.ts'],
  },
];
