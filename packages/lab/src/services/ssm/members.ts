import type { MemberTable } from '../../protocols/check-members.js';

/** What each operation of Parameter Store acts on. A member that is not here is refused by name. */
export const ssmMembers: MemberTable = {
  AddTagsToResource: { acts: 'ResourceType ResourceId Tags' },
  DeleteParameter: { acts: 'Name' },
  DeleteParameters: { acts: 'Names' },
  DescribeParameters: { acts: 'Filters ParameterFilters MaxResults NextToken' },
  GetParameter: { acts: 'Name WithDecryption' },
  GetParameterHistory: { acts: 'Name WithDecryption MaxResults NextToken' },
  GetParameters: { acts: 'Names WithDecryption' },
  GetParametersByPath: { acts: 'Path Recursive ParameterFilters WithDecryption MaxResults NextToken' },
  LabelParameterVersion: { acts: 'Name Labels ParameterVersion' },
  ListTagsForResource: { acts: 'ResourceType ResourceId' },
  PutParameter: { acts: 'Name Value Description Type KeyId Overwrite AllowedPattern Tags Tier Policies DataType' },
  RemoveTagsFromResource: { acts: 'ResourceType ResourceId TagKeys' },
  UnlabelParameterVersion: { acts: 'Name ParameterVersion Labels' },
};
