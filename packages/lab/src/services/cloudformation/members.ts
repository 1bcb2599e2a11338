import type { MemberTable } from '../../protocols/check-members.js';

const DEFINITION = 'StackName TemplateBody TemplateURL Parameters Capabilities Tags RoleARN NotificationARNs';
/** The lab has no checks of its own before a deployment; what exists already is not imported, and its name is taken. */
const HINTS = 'DisableValidation';

/** What each operation of CloudFormation acts on. A member that is not here is refused by name. */
export const cloudFormationMembers: MemberTable = {
  CancelUpdateStack: { acts: 'StackName', noEffect: 'ClientRequestToken' },
  ContinueUpdateRollback: { acts: 'StackName ResourcesToSkip ClientRequestToken', noEffect: 'RoleARN' },
  CreateChangeSet: {
    acts: `${DEFINITION} UsePreviousTemplate ChangeSetName ClientToken Description ChangeSetType ResourcesToImport OnStackFailure DeploymentConfig`,
    noEffect: `${HINTS} IncludeNestedStacks DeploymentMode ImportExistingResources`,
  },
  CreateStack: {
    acts: `${DEFINITION} DisableRollback TimeoutInMinutes OnFailure ClientRequestToken EnableTerminationProtection DeploymentConfig`,
    noEffect: HINTS,
  },
  DeleteChangeSet: { acts: 'ChangeSetName StackName' },
  DeleteStack: {
    acts: 'StackName RetainResources RoleARN ClientRequestToken DeploymentConfig',
    noEffect: 'DeletionMode',
  },
  DescribeChangeSet: { acts: 'ChangeSetName StackName NextToken IncludePropertyValues' },
  DescribeStackEvents: { acts: 'StackName NextToken' },
  DescribeStackResource: { acts: 'StackName LogicalResourceId' },
  DescribeStackResources: { acts: 'StackName LogicalResourceId PhysicalResourceId' },
  DescribeStacks: { acts: 'StackName NextToken' },
  ExecuteChangeSet: { acts: 'ChangeSetName StackName ClientRequestToken DisableRollback' },
  GetTemplate: { acts: 'StackName ChangeSetName TemplateStage' },
  GetTemplateSummary: { acts: 'TemplateBody TemplateURL StackName', noEffect: 'TemplateSummaryConfig' },
  ListChangeSets: { acts: 'StackName NextToken' },
  ListExports: { acts: 'NextToken' },
  ListImports: { acts: 'ExportName NextToken' },
  ListStackResources: { acts: 'StackName NextToken' },
  ListStacks: { acts: 'StackStatusFilter NextToken' },
  RollbackStack: { acts: 'StackName ClientRequestToken DeploymentConfig', noEffect: 'RoleARN' },
  SignalResource: { acts: 'StackName LogicalResourceId UniqueId Status' },
  UpdateStack: {
    acts: `${DEFINITION} UsePreviousTemplate DisableRollback ClientRequestToken DeploymentConfig`,
    noEffect: HINTS,
  },
  UpdateTerminationProtection: { acts: 'StackName EnableTerminationProtection' },
  ValidateTemplate: { acts: 'TemplateBody TemplateURL' },
};
