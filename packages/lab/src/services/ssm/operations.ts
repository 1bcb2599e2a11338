import type { ServiceDefinition } from '../../control-plane/types.js';
import { addTagsToResource } from './operations/add-tags-to-resource.js';
import { deleteParameter } from './operations/delete-parameter.js';
import { deleteParameters } from './operations/delete-parameters.js';
import { describeParameters } from './operations/describe-parameters.js';
import { getParameter } from './operations/get-parameter.js';
import { getParameterHistory } from './operations/get-parameter-history.js';
import { getParameters } from './operations/get-parameters.js';
import { getParametersByPath } from './operations/get-parameters-by-path.js';
import { labelParameterVersion } from './operations/label-parameter-version.js';
import { listTagsForResource } from './operations/list-tags-for-resource.js';
import { putParameter } from './operations/put-parameter.js';
import { removeTagsFromResource } from './operations/remove-tags-from-resource.js';
import { unlabelParameterVersion } from './operations/unlabel-parameter-version.js';

export const ssmOperations: ServiceDefinition['operations'] = {
  AddTagsToResource: addTagsToResource,
  DeleteParameter: deleteParameter,
  DeleteParameters: deleteParameters,
  DescribeParameters: describeParameters,
  GetParameter: getParameter,
  GetParameterHistory: getParameterHistory,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  LabelParameterVersion: labelParameterVersion,
  ListTagsForResource: listTagsForResource,
  PutParameter: putParameter,
  RemoveTagsFromResource: removeTagsFromResource,
  UnlabelParameterVersion: unlabelParameterVersion,
};
