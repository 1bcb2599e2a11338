// run-tests: one of the test suites, and a second chance that is told.
//
//   node scripts/run-tests.mjs CONFIG [FILTER …]
//
// Many tests run real processes against deadlines, and files share two cores and their workers. A file that fails is run once more, alone
// and in a worker of its own. What fails alone has failed; what passes alone is named, because it is a test to mend.
import { relative } from 'node:path';
import { startVitest } from 'vitest/node';

// More failing files than these are no accident of a busy machine.
const mostFilesRunAgain = 6;

const [config, ...filters] = process.argv.slice(2);
const root = process.cwd();

async function run(files, options) {
  const failed = new Set();
  const failures = [];
  let isComplete = false;
  const collect = {
    onTestRunEnd(modules, unhandledErrors, reason) {
      isComplete = reason !== 'interrupted' && modules.length > 0;
      for (const module of modules) {
        if (module.ok()) continue;
        failed.add(module.moduleId);
        for (const test of module.children.allTests('failed')) {
          failures.push(`${relative(root, module.moduleId)}: ${test.fullName}`);
        }
      }
      for (const error of unhandledErrors) {
        if (error.VITEST_TEST_PATH) failed.add(error.VITEST_TEST_PATH);
        else isComplete = false;
        failures.push(`${relative(root, error.VITEST_TEST_PATH ?? root)}: unhandled ${error.name}: ${error.message}`);
      }
    },
  };
  const vitest = await startVitest('test', files, {
    config,
    watch: false,
    reporters: ['default', collect],
    ...options,
  });
  await vitest.close();
  const hasPassed = isComplete && failed.size === 0;
  // Vitest sets the exit code of the process at the first failure.
  process.exitCode = hasPassed ? 0 : 1;
  return { hasPassed, isComplete, failed: [...failed], failures };
}

const first = await run(filters, {});
if (!first.hasPassed && first.isComplete && first.failed.length <= mostFilesRunAgain) {
  console.log(
    `\nFailed beside others; each of these files is run once more, alone:\n  ${first.failures.join('\n  ')}\n`,
  );
  const again = await run(first.failed, { fileParallelism: false, isolate: true });
  if (again.hasPassed) console.log(`\nPassed alone. To be mended:\n  ${first.failures.join('\n  ')}\n`);
  else console.log(`\nFailed alone too:\n  ${again.failures.join('\n  ')}\n`);
}
process.exit(process.exitCode);
