import type { ServiceDefinition } from '../../control-plane/types.js';
import { deleteChangeSet, describeChangeSet, executeChangeSet, listChangeSets } from './operations/change-sets.js';
import { createChangeSet } from './operations/create-change-set.js';
import { createStack } from './operations/create-stack.js';
import { deleteStack } from './operations/delete-stack.js';
import { describeStackEvents } from './operations/describe-stack-events.js';
import { describeStacks } from './operations/describe-stacks.js';
import { listExports, listImports } from './operations/exports.js';
import { getTemplate } from './operations/get-template.js';
import { listStacks } from './operations/list-stacks.js';
import { describeStackResource, describeStackResources, listStackResources } from './operations/stack-resources.js';
import {
  cancelUpdateStack,
  continueUpdateRollback,
  rollbackStack,
  signalResource,
  updateTerminationProtection,
} from './operations/stack-settings.js';
import { getTemplateSummary, validateTemplate } from './operations/template-summary.js';
import { updateStack } from './operations/update-stack.js';

export const cloudFormationOperations: ServiceDefinition['operations'] = {
  CancelUpdateStack: cancelUpdateStack,
  ContinueUpdateRollback: continueUpdateRollback,
  CreateChangeSet: createChangeSet,
  CreateStack: createStack,
  DeleteChangeSet: deleteChangeSet,
  DeleteStack: deleteStack,
  DescribeChangeSet: describeChangeSet,
  DescribeStackEvents: describeStackEvents,
  DescribeStackResource: describeStackResource,
  DescribeStackResources: describeStackResources,
  DescribeStacks: describeStacks,
  ExecuteChangeSet: executeChangeSet,
  GetTemplate: getTemplate,
  GetTemplateSummary: getTemplateSummary,
  ListChangeSets: listChangeSets,
  ListExports: listExports,
  ListImports: listImports,
  ListStackResources: listStackResources,
  ListStacks: listStacks,
  RollbackStack: rollbackStack,
  SignalResource: signalResource,
  UpdateStack: updateStack,
  UpdateTerminationProtection: updateTerminationProtection,
  ValidateTemplate: validateTemplate,
};
