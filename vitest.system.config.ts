import { defineConfig } from 'vitest/config';
import { nativeModules } from './vitest.modules.js';

// What needs root or Debian packages: the AWS CLI and boto3 against the lab, and Linux as the judge of the network.
export default defineConfig({
  test: {
    include: ['test/system/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    pool: 'forks',
    fileParallelism: false,
    server: nativeModules,
  },
});
