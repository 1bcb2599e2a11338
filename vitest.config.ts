import { defineConfig } from 'vitest/config';

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
  },
});
