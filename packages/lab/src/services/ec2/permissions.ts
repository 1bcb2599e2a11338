import type { LabState, Permission } from '../../control-plane/types.js';

interface AnyInput {
  readonly LaunchTemplateId?: string;
  readonly LaunchTemplateName?: string;
  readonly InstanceId?: string;
  readonly InstanceIds?: readonly string[];
  readonly Resources?: readonly string[];
}

/**
 * What an EC2 request asks permission for: versions of a launch template, tags, the console and the end of
 * an instance are about an ARN. Every other request is
 * judged as one without a resource, also where AWS has one.
 */
export function ec2Permissions(operationName: string, input: object, state: LabState): readonly Permission[] {
  const request = input as AnyInput;
  const action = `ec2:${operationName}`;
  const about = (kind: string, id = '*') => ({
    action,
    resource: `arn:aws:ec2:${state.region}:${state.accountId}:${kind}/${id}`,
  });
  switch (operationName) {
    case 'CreateLaunchTemplateVersion':
    case 'DeleteLaunchTemplateVersions':
    case 'ModifyLaunchTemplate':
      return [about('launch-template', request.LaunchTemplateId ?? idOfTemplate(request.LaunchTemplateName, state))];
    case 'GetConsoleOutput':
      return [about('instance', request.InstanceId)];
    case 'TerminateInstances':
      return (request.InstanceIds ?? []).map((id) => about('instance', id));
    case 'CreateTags':
    case 'DeleteTags':
      return (request.Resources ?? []).map((id) => about(kindOf(id), id));
    default:
      return [{ action, resource: '*' }];
  }
}

function idOfTemplate(name: string | undefined, state: LabState): string | undefined {
  return [...state.ec2.launchTemplates.values()].find(({ template }) => template.LaunchTemplateName === name)?.template
    .LaunchTemplateId;
}

// An ARN has the kind in words, an id has it short: `i-…`, `lt-…`.
function kindOf(id: string): string {
  const prefix = id.slice(0, id.lastIndexOf('-'));
  return { i: 'instance', lt: 'launch-template', ami: 'image', vol: 'volume', snap: 'snapshot' }[prefix] ?? '*';
}
