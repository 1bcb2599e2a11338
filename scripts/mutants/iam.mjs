// Bugs in the judging of policies: what is denied, what is granted, and what cannot be told.
const tests = ['src/evaluate.test.ts', 'src/wildcard.test.ts'];

export const mutants = [
  {
    name: 'an allow wins over an explicit deny',
    file: 'src/evaluate.ts',
    from: 'if (denied !== undefined) return denied;',
    to: '',
    tests,
  },
  {
    name: 'a boundary grants',
    file: 'src/evaluate.ts',
    from: "if (granted.every(({ kind }) => kind === 'no')) return { kind: 'no', reason: 'implicitDeny' };",
    to: "if (answers.every(({ kind }) => kind === 'no')) return { kind: 'no', reason: 'implicitDeny' };",
    tests,
  },
  {
    name: 'a limit that does not allow it is passed over',
    file: 'src/evaluate.ts',
    from: 'if (refusing >= 0) return withholding(limits[refusing] ?? []);',
    to: '',
    tests,
  },
  {
    name: 'NotAction selects what it names',
    file: 'src/evaluate.ts',
    from: '  return isNegated ? negate(truth) : truth;\n}\n\n/** The resources',
    to: '  return isNegated ? truth : truth;\n}\n\n/** The resources',
    tests,
  },
  {
    name: 'actions have a case',
    file: 'src/evaluate.ts',
    from: 'return select(selection, patterns, lowerCased(askedPattern(asked)),',
    to: 'return select(selection, patterns, askedPattern(asked),',
    tests,
  },
];
