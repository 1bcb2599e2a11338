import { describe, expect, test } from 'vitest';
import { type BakeStory, emptyStory, explainFailure, tellLine } from './bake-story.js';
import { parseLine, textOf } from './machine-output.js';

/** As Debian's Packer 1.6.6 writes it; a comma is escaped, a line break is too. */
function storyOf(text: string): BakeStory {
  return text
    .split('\n')
    .flatMap((line) => parseLine(line) ?? [])
    .reduce(tellLine, emptyStory);
}

const said = (...lines: readonly string[]) =>
  storyOf(
    lines
      .map(
        (line) => `1795747287,,ui,message,    web: ${line.replaceAll(',', '%!(PACKER_COMMA)').replaceAll('\n', '\\n')}`,
      )
      .join('\n'),
  );

const begun = [
  '1795747287,,ui,say,==> web: Creating temporary keypair: packer_6b08edd7-f381',
  '1795747287,,ui,say,==> web: Creating temporary security group for this instance: packer_6b08edd7-8bee',
  '1795747287,,ui,message,    web: Instance ID: i-5bd7955ac6ce99ed6',
].join('\n');

describe('a line', () => {
  test('is taken apart, with what Packer escapes', () => {
    const line = parseLine('1795747302,,ui,message,    web: hello%!(PACKER_COMMA) world\\nand\\r\n');
    expect(line).toMatchObject({ at: 1795747302, target: '', type: 'ui' });
    expect(line && textOf(line)).toEqual(['hello, world', 'and']);
  });

  test.each(['', 'panic: runtime error', 'goroutine 1 [running]:', 'a,b'])('%j is none of the machine', (text) => {
    expect(parseLine(text)).toBeUndefined();
  });

  test('has no colours', () => {
    const line = parseLine('1,,ui,say,\u001b[1;32m==> web: done\u001b[0m');
    expect(line && textOf(line)).toEqual(['done']);
  });
});

describe('a story', () => {
  test('knows what was made so far, each once, before it ends', () => {
    expect(storyOf(`${begun}\n${begun}`).made).toEqual({
      keyPairNames: ['packer_6b08edd7-f381'],
      securityGroupNames: ['packer_6b08edd7-8bee'],
      instanceIds: ['i-5bd7955ac6ce99ed6'],
    });
  });

  test('has the images of every region', () => {
    const line = '1,web,artifact,0,id,us-west-2:ami-0123456789abcdef0%!(PACKER_COMMA)eu-west-1:ami-0123456789abcdef1';
    expect(storyOf(line).images).toEqual([
      { region: 'us-west-2', imageId: 'ami-0123456789abcdef0' },
      { region: 'eu-west-1', imageId: 'ami-0123456789abcdef1' },
    ]);
  });
});

describe('a failure is named:', () => {
  const error = '1,web,error,Script exited with non-zero exit status: 1.Allowed exit codes are: [0]';
  const explain = (story: BakeStory) => explainFailure(tellLine(story, parseLine(error) ?? never()));

  test('the shell script and its line', () => {
    const story = said(
      'Provisioning with shell script: scripts/setup.sh',
      '/tmp/script_11.sh: line 4: pip3: command not found',
    );
    expect(explain(story)).toMatchObject({
      provisioner: 'shell script scripts/setup.sh',
      file: '/tmp/script_11.sh',
      line: 4,
      text: 'pip3: command not found',
    });
  });

  test("Ansible's task and the place in the playbook", () => {
    const story = said(
      'Provisioning with Ansible...',
      'TASK [nginx : install] *****',
      'ok: [default]',
      'TASK [nginx : configure] *****',
      `fatal: [default]: FAILED! => {"msg": "The task includes an option with an undefined variable. The error was: 'port' is undefined"}`,
      "The error appears to be in '/srv/roles/nginx/tasks/main.yml': line 7, column 3, but may",
    );
    expect(explain(story)).toMatchObject({
      provisioner: 'Ansible',
      task: 'nginx : configure',
      file: '/srv/roles/nginx/tasks/main.yml',
      line: 7,
      text: expect.stringContaining("'port' is undefined"),
    });
  });

  test('0.149.3: the Python that collectstatic died in, out of what Ansible quotes', () => {
    const story = said(
      'Provisioning with Ansible...',
      'TASK [application : collect static files] *****',
      `fatal: [default]: FAILED! => {"cmd": "./manage.py collectstatic", "msg": "stderr: Traceback (most recent call last):\\n  File \\"manage.py\\", line 10, in <module>\\n  File \\"/srv/hyperbola/settings.py\\", line 42, in <module>\\n    secret = load()\\nbotocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL"}`,
    );
    expect(explain(story)).toMatchObject({
      task: 'application : collect static files',
      file: '/srv/hyperbola/settings.py',
      line: 42,
      text: 'botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL',
    });
  });

  test('what Packer itself says, where nothing else does', () => {
    const story = storyOf(`${begun}\n1,web,error,Timeout waiting for SSH.`);
    expect(explainFailure(story)).toMatchObject({ provisioner: undefined, text: 'Timeout waiting for SSH.' });
    expect(explainFailure(emptyStory).text).toBe('Packer failed without an error.');
  });

  test('with the lines before Packer took its builder away again', () => {
    const story = said(
      'Provisioning with shell script: a.sh',
      'E: Unable to locate package',
      'Provisioning step had errors: Running',
      'Deleting temporary keypair...',
    );
    expect(explain(story).lastLines).toEqual(['Provisioning with shell script: a.sh', 'E: Unable to locate package']);
  });
});

function never(): never {
  throw new Error('The line of the test is none.');
}
