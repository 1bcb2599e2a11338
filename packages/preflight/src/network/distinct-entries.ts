// distinct-entries: findings are made one by one, and each proposes the network ACL entries that it needs alone. Together, two of them may
// want the same rule number, which EC2 would refuse: the later one takes the next free number below, which allows no less.
import type { Edit, NetworkSnapshot } from '@directrix/reachability';
import type { Finding } from '../finding.js';
import { commandsOf } from './edit-command.js';

type EntryEdit = Extract<Edit, { readonly kind: 'createNetworkAclEntry' }>;

/** The findings, whose edits can all be made together. */
export function separateEntries(findings: readonly Finding[], snapshot: NetworkSnapshot): readonly Finding[] {
  const taken = new Map<string, string>();
  for (const { NetworkAclId, Entries = [] } of snapshot.networkAcls ?? [])
    for (const { Egress = false, RuleNumber } of Entries) taken.set(`${NetworkAclId} ${Egress} ${RuleNumber}`, 'there');
  return findings.map((finding) => {
    const edits = finding.fix?.edits;
    if (finding.fix === undefined || !edits?.some(({ kind }) => kind === 'createNetworkAclEntry')) return finding;
    const next = edits.map((edit) => (edit.kind === 'createNetworkAclEntry' ? placeEntry(edit, taken) : edit));
    if (next.every((edit, index) => edit === edits[index])) return finding;
    return {
      ...finding,
      fix: { ...finding.fix, edits: next, commands: next.flatMap((edit) => commandsOf(edit, snapshot)) },
    };
  });
}

function placeEntry(edit: EntryEdit, taken: Map<string, string>): EntryEdit {
  const { ruleNumber: wanted, ...content } = edit;
  const text = JSON.stringify(content);
  for (let ruleNumber = wanted; ruleNumber > 0; ruleNumber--) {
    const key = `${edit.networkAclId} ${edit.egress} ${ruleNumber}`;
    const holder = taken.get(key);
    if (holder !== undefined && holder !== text) continue;
    taken.set(key, text);
    return ruleNumber === wanted ? edit : { ...edit, ruleNumber };
  }
  return edit;
}
