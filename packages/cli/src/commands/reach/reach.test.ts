// What needs no account: templates and plans. `reach` of an account is in test/conformance/preflight.test.ts.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createTestIo } from '../../io.fixture.js';
import { runProgram } from '../../program.js';

const plan = fileURLToPath(new URL('./fixtures/plan.json', import.meta.url));

async function run(...argv: readonly string[]) {
  const io = createTestIo({ env: { AWS_REGION: 'eu-west-1' } });
  const code = await runProgram(['reach', ...argv], io);
  return { code, ...io.written };
}

test('a plan of Terraform is asked as an account is, by the region of its provider', async () => {
  const { code, stdout } = await run('--from', 'group:web', '--to', 'ssm', '--template', plan, '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'unreachable',
    question: { to: { name: 'ssm.us-west-2.amazonaws.com' } },
    // The provider's default: private DNS is off.
    faults: [{ code: 'DNS_PRIVATE_DISABLED', evidence: [{ id: 'module.network.aws_vpc_endpoint.ssm' }] }],
    // Addresses are no ids of AWS: no call mends them.
    commands: [[]],
  });
});

test('what is not in the plan is refused with what is', async () => {
  const { code, stderr } = await run('--from', 'group:api', '--to', 'ssm', '--template', plan);
  expect(code).toBe(2);
  expect(stderr).toContain('SOURCE_NOT_FOUND');
  expect(stderr).toContain('it has group:aws_autoscaling_group.web');
});

test('preflight takes a plan too', async () => {
  const io = createTestIo({ env: {} });
  const code = await runProgram(['preflight', '--template', plan, '--json'], io);
  expect(code).toBe(2);
  const { findings, groupName } = JSON.parse(io.written.stdout);
  expect(groupName ?? 'aws_autoscaling_group.web').toBe('aws_autoscaling_group.web');
  expect(findings.map((one: { code: string }) => one.code)).toContain('DNS_PRIVATE_DISABLED');
});
