import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { nativeModules } from './vitest.modules.js';

// A long file that begins last is waited for alone. Its size says little of how long a file takes, so these are named, the longest first.
const longFiles = [
  'test/conformance/secrets-ladder.test.ts',
  'test/simulation/warm.test.ts',
  'packages/cli/src/commands/lab/lab.test.ts',
  'test/conformance/secrets-processes.test.ts',
  'test/simulation/kill.test.ts',
  'test/simulation/prove.test.ts',
  'test/simulation/canary.test.ts',
  'test/conformance/preflight.test.ts',
  'test/simulation/gates.test.ts',
  'test/simulation/deploy.test.ts',
  'packages/cdk/src/preflight-checks.test.ts',
  'test/simulation/before-us.test.ts',
  'test/simulation/rollback.test.ts',
];

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = longFiles.indexOf(relative(import.meta.dirname, moduleId));
      return index === -1 ? longFiles.length : index;
    };
    return (await super.sort(files)).sort((left, right) => rank(left) - rank(right));
  }
}

// Whole labs under load are test/acceptance; what needs root or Debian packages is test/system (`npm run test:system`).
export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/*/{src,infrastructure/src}/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/acceptance/**', 'test/system/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Files share a worker and its modules: half of the time went into loading the SDK again for each.
    isolate: false,
    // Many tests wait for processes: three files at once keep two cores busy.
    maxWorkers: 3,
    server: nativeModules,
    sequence: { sequencer: LongFilesFirst },
  },
});
