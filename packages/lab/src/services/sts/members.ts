import type { MemberTable } from '../../protocols/check-members.js';

/** What each operation of STS acts on. A member that is not here is refused by name. */
export const stsMembers: MemberTable = {
  AssumeRole: { acts: 'RoleArn RoleSessionName DurationSeconds ExternalId', noEffect: 'SourceIdentity' },
  GetCallerIdentity: { acts: '' },
};
