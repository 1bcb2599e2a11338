import { defineConfig } from 'vitest/config';
import { nativeModules } from './vitest.modules.js';

// Whole labs of real processes under load: one at a time, and not beside the other tests, so that a busy machine is not an outage.
export default defineConfig({
  test: {
    include: ['test/acceptance/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    pool: 'forks',
    fileParallelism: false,
    isolate: false,
    server: nativeModules,
  },
});
