// Bugs in the agent: lines that are lost, or said to be there when they are not.
const tests = ['src/ship.test.ts'];

export const mutants = [
  {
    name: 'that nothing comes proves that all is shipped',
    file: 'src/ship.ts',
    from: 'return isAll ? askedAt - this.options.flushMs : acknowledged?.at;',
    to: 'return isAll || !isAll ? askedAt - this.options.flushMs : acknowledged?.at;',
    tests,
  },
  {
    name: 'a gap is not told',
    file: 'src/ship.ts',
    from: 'if (gap !== undefined) this.#mark(',
    to: 'if (gap !== undefined && gap === undefined) this.#mark(',
    tests,
  },
  {
    name: 'a reader that ends ends the agent',
    file: 'src/ship.ts',
    from: 'if (!(error instanceof ReaderError)) throw error;\n      ports.tell(',
    to: 'if (error) throw error;\n      ports.tell(',
    tests,
  },
  {
    name: 'what a reader left unacknowledged is sent twice',
    file: 'src/ship.ts',
    from: '    this.#batch.take();\n    try {',
    to: '    try {',
    tests,
  },
];
