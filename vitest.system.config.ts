import { defineConfig } from 'vitest/config';

// What needs root or Debian packages: the AWS CLI and boto3 against the lab, and Linux as the judge of the network.
export default defineConfig({
  test: {
    include: ['test/system/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
