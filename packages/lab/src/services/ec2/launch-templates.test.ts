import { describe, expect, test } from 'vitest';
import { createLaunchTemplate } from './operations/create-launch-template.js';
import { createLaunchTemplateVersion } from './operations/create-launch-template-version.js';
import { deleteLaunchTemplate } from './operations/delete-launch-template.js';
import { deleteLaunchTemplateVersions } from './operations/delete-launch-template-versions.js';
import { describeLaunchTemplateVersions } from './operations/describe-launch-template-versions.js';
import { describeLaunchTemplates } from './operations/describe-launch-templates.js';
import { modifyLaunchTemplate } from './operations/modify-launch-template.js';
import { createEc2Context, refusal } from './test-network.js';

const data = { ImageId: 'ami-1', InstanceType: 't3.micro' as const, SecurityGroupIds: ['sg-1'] };

function createTemplate() {
  const context = createEc2Context();
  const made = createLaunchTemplate({ LaunchTemplateName: 'web', LaunchTemplateData: data }, context).LaunchTemplate!;
  const LaunchTemplateId = made.LaunchTemplateId!;
  const read = () => describeLaunchTemplates({ LaunchTemplateIds: [LaunchTemplateId] }, context).LaunchTemplates![0]!;
  const addVersion = (ImageId: string, SourceVersion?: string) =>
    createLaunchTemplateVersion({ LaunchTemplateId, SourceVersion, LaunchTemplateData: { ImageId } }, context)
      .LaunchTemplateVersion!;
  const versions = (...Versions: string[]) =>
    describeLaunchTemplateVersions({ LaunchTemplateId, Versions }, context).LaunchTemplateVersions!.map(
      (version) => version.VersionNumber,
    );
  return { context, LaunchTemplateId, read, addVersion, versions };
}

describe('a launch template', () => {
  test('begins with version 1, its default and its latest', () => {
    const { read, versions } = createTemplate();
    expect(read()).toMatchObject({ LaunchTemplateName: 'web', DefaultVersionNumber: 1, LatestVersionNumber: 1 });
    expect(versions('$Latest', '$Default')).toEqual([1]);
  });

  test('has a name that nobody else has', () => {
    const { context } = createTemplate();
    expect(
      refusal(() => createLaunchTemplate({ LaunchTemplateName: 'web', LaunchTemplateData: data }, context)),
    ).toEqual({
      code: 'InvalidLaunchTemplateName.AlreadyExistsException',
      message: 'Launch template name already in use.',
    });
    expect(
      refusal(() => createLaunchTemplate({ LaunchTemplateName: 'a b', LaunchTemplateData: data }, context)).code,
    ).toBe('InvalidLaunchTemplateName.MalformedException');
  });

  test('is found by id or by name, and is refused when it is not there', () => {
    const { context, LaunchTemplateId } = createTemplate();
    const byName = describeLaunchTemplates({ LaunchTemplateNames: ['web'] }, context).LaunchTemplates;
    expect(byName?.[0]?.LaunchTemplateId).toBe(LaunchTemplateId);
    expect(refusal(() => describeLaunchTemplates({ LaunchTemplateNames: ['db'] }, context))).toEqual({
      code: 'InvalidLaunchTemplateName.NotFoundException',
      message: 'The specified launch template, with template name db, does not exist.',
    });
    deleteLaunchTemplate({ LaunchTemplateName: 'web' }, context);
    expect(refusal(() => describeLaunchTemplates({ LaunchTemplateIds: [LaunchTemplateId] }, context))).toEqual({
      code: 'InvalidLaunchTemplateId.NotFound',
      message: `The specified launch template, with template ID ${LaunchTemplateId}, does not exist.`,
    });
  });
});

describe('a new version', () => {
  test('is its source with what is given put over it, or only what is given', () => {
    const { addVersion } = createTemplate();
    expect(addVersion('ami-2', '1').LaunchTemplateData).toEqual({ ...data, ImageId: 'ami-2' });
    expect(addVersion('ami-3').LaunchTemplateData).toEqual({ ImageId: 'ami-3' });
    expect(addVersion('ami-4', '$Latest').LaunchTemplateData).toEqual({ ImageId: 'ami-4' });
    expect(addVersion('ami-5', '$Default').LaunchTemplateData).toEqual({ ...data, ImageId: 'ami-5' });
    expect(refusal(() => addVersion('ami-6', '9')).code).toBe('InvalidLaunchTemplateId.VersionNotFound');
  });

  test('does not move the default', () => {
    const { addVersion, read } = createTemplate();
    expect(addVersion('ami-2').DefaultVersion).toBe(false);
    expect(read()).toMatchObject({ DefaultVersionNumber: 1, LatestVersionNumber: 2 });
  });

  test('is made once for one token', () => {
    const { context, LaunchTemplateId } = createTemplate();
    const asked = {
      LaunchTemplateId,
      SourceVersion: '1',
      ClientToken: 'once',
      LaunchTemplateData: { ImageId: 'ami-2' },
    };
    const number = () => createLaunchTemplateVersion(asked, context).LaunchTemplateVersion?.VersionNumber;
    expect([number(), number()]).toEqual([2, 2]);
    const other = { ...asked, LaunchTemplateData: { ImageId: 'ami-3' } };
    expect(refusal(() => createLaunchTemplateVersion(other, context)).code).toBe('IdempotentParameterMismatch');
  });

  test('has a number that was never given before', () => {
    const { context, LaunchTemplateId, addVersion } = createTemplate();
    addVersion('ami-2');
    deleteLaunchTemplateVersions({ LaunchTemplateId, Versions: ['2'] }, context);
    expect(addVersion('ami-3').VersionNumber).toBe(3);
  });
});

describe('versions', () => {
  test('are described newest first, by number, alias or range', () => {
    const { context, LaunchTemplateId, addVersion, versions } = createTemplate();
    for (const image of ['ami-2', 'ami-3', 'ami-4']) addVersion(image);
    modifyLaunchTemplate({ LaunchTemplateId, DefaultVersion: '2' }, context);
    expect(versions()).toEqual([4, 3, 2, 1]);
    expect(versions('1', '$Default', '$Latest')).toEqual([4, 2, 1]);
    const between = { LaunchTemplateId, MinVersion: '2', MaxVersion: '3' };
    expect(describeLaunchTemplateVersions(between, context).LaunchTemplateVersions).toMatchObject([
      { VersionNumber: 3, DefaultVersion: false },
      { VersionNumber: 2, DefaultVersion: true },
    ]);
    const all = describeLaunchTemplateVersions({ Versions: ['$Latest'] }, context).LaunchTemplateVersions;
    expect(all?.map((version) => version.VersionNumber)).toEqual([4]);
  });

  test('are paged', () => {
    const { context, LaunchTemplateId, addVersion } = createTemplate();
    addVersion('ami-2');
    const first = describeLaunchTemplateVersions({ LaunchTemplateId, MaxResults: 1 }, context);
    const rest = describeLaunchTemplateVersions(
      { LaunchTemplateId, MaxResults: 1, NextToken: first.NextToken },
      context,
    );
    expect([first, rest].map((page) => page.LaunchTemplateVersions?.[0]?.VersionNumber)).toEqual([2, 1]);
    expect(rest.NextToken).toBeUndefined();
  });

  test('are deleted where that is possible; the default and unknown ones are listed', () => {
    const { context, LaunchTemplateId, addVersion, versions, read } = createTemplate();
    for (const image of ['ami-2', 'ami-3']) addVersion(image);
    const result = deleteLaunchTemplateVersions({ LaunchTemplateId, Versions: ['1', '3', '9'] }, context);
    expect(result.SuccessfullyDeletedLaunchTemplateVersions).toMatchObject([{ VersionNumber: 3 }]);
    expect(result.UnsuccessfullyDeletedLaunchTemplateVersions).toMatchObject([
      { VersionNumber: 1, ResponseError: { Code: 'unexpectedError' } },
      { VersionNumber: 9, ResponseError: { Code: 'launchTemplateVersionDoesNotExist' } },
    ]);
    expect(versions()).toEqual([2, 1]);
    expect(read().LatestVersionNumber).toBe(2);
  });
});
