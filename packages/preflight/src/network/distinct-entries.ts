// distinct-entries: findings are made one by one, and each proposes what it needs alone. Together they must be accepted by EC2.
//
// Two may want the same rule number of a network ACL: the later one takes the next free number below, which allows no less. Two may want
// the very same change: it stands with the first, and the other says so.
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

/** The findings, no call of whose fixes is made twice. */
export function dropRepeatedCalls(findings: readonly Finding[]): readonly Finding[] {
  const told = new Map<string, string>();
  return findings.map((finding) => {
    const { fix, subject } = finding;
    if (fix === undefined || fix.commands.length === 0) return finding;
    const fresh = fix.commands.filter((command) => !told.has(command));
    const earlier = new Set(fix.commands.flatMap((command) => told.get(command) ?? []));
    for (const command of fresh) told.set(command, subject);
    if (earlier.size === 0) return finding;
    const where = [...earlier].map((one) => (one === subject ? 'above' : `for ${one}`)).join(', ');
    return {
      ...finding,
      fix: { ...fix, commands: fresh, text: `${fix.text} (commands that are not here stand ${where})` },
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
