// Where the state of a group lives in Parameter Store.

/** `/directrix/groups/web`: every parameter of the group is below it. */
export function groupPath(groupName: string): string {
  return `/directrix/groups/${encodeName(groupName)}`;
}

export function epochsPath(groupName: string): string {
  return `${groupPath(groupName)}/epochs`;
}

export function epochName(groupName: string, epoch: number): string {
  return `${epochsPath(groupName)}/${epoch}`;
}

export function recordName(groupName: string): string {
  return `${groupPath(groupName)}/record`;
}

export function recordPartsPath(groupName: string): string {
  return `${groupPath(groupName)}/record-parts`;
}

export function recordPartName(groupName: string, slot: string, part: number): string {
  return `${recordPartsPath(groupName)}/${slot}-${part}`;
}

export function approvalsPath(groupName: string): string {
  return `${groupPath(groupName)}/approvals`;
}

export function approvalName(groupName: string, rolloutId: string, phase: string): string {
  return `${approvalsPath(groupName)}/${rolloutId}.${phase}`;
}

export function historyName(groupName: string): string {
  return `${groupPath(groupName)}/history`;
}

/** Of a group's name, the characters that stand for themselves in the names of its parameters. */
export const plainCharacters = 'A-Za-z0-9_-';
const others = new RegExp(`[^${plainCharacters}]`, 'gu');

// Groups may be called almost anything; parameters only letters, digits and `.-_`. The dot marks a code point, so that two groups
// never share a parameter: `web/a b` -> `web.2f.a.20.b`.
function encodeName(groupName: string): string {
  return groupName.replace(others, (character) => `.${character.codePointAt(0)!.toString(16)}.`);
}
