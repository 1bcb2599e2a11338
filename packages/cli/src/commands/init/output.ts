// output: the text of a new directrix.yaml. Short: what the account shows, and the way to the rest.
import { Document, type Pair, type Scalar, type YAMLMap } from 'yaml';

export interface SeenGroup {
  readonly name: string;
  readonly sizes?: { readonly minSize: number; readonly maxSize: number; readonly desiredCapacity: number };
  readonly targetGroups?: readonly string[];
  readonly healthPath?: string;
  /** Where its load balancer answers; undefined: that is not to be seen. */
  readonly url?: string;
  /** Why it could not be looked at. */
  readonly trouble?: string;
}

const head = ` yaml-language-server: $schema=node_modules/directrix/directrix.schema.json

 Settings of Directrix. Every option of the command line has a key here, and the
 command line wins: --min-healthy-time 1m is minHealthyTime: 1m. The settings of
 a group are those of every command about it. directrix config check reads it.`;

const foot = ` What one command does, whatever the group says:
 commands:
   deploy: { acceptBrokenBaseline: true }
 What --env staging changes:
 environments:
   staging:
     region: eu-west-1
     groups:
       web: { name: web-staging, bake: 0 }`;

export function formatFile(region: string, groups: readonly SeenGroup[]): string {
  const document = new Document({
    region,
    groups: Object.fromEntries(groups.map((group) => [group.name, settingsOf(group)])),
  });
  document.commentBefore = head;
  document.comment = foot;
  const map = document.get('groups') as YAMLMap<Scalar<string>, YAMLMap>;
  for (const [index, pair] of map.items.entries()) {
    const group = groups[index];
    if (group !== undefined) comment(pair, group);
  }
  return document.toString({ lineWidth: 0 });
}

function settingsOf({ url, healthPath, trouble }: SeenGroup): Readonly<Record<string, string>> {
  if (trouble !== undefined) return {};
  // The certificate is for a name of yours, not for the load balancer's.
  const isUsable = url !== undefined && !url.startsWith('https:');
  return { ...(isUsable ? { url } : {}), ...(healthPath === undefined ? {} : { healthPath }) };
}

function comment(pair: Pair<Scalar<string>, YAMLMap>, group: SeenGroup): void {
  pair.key.commentBefore = describe(group);
  if (pair.value !== null && group.trouble === undefined) pair.value.comment = suggest(group);
}

function describe({ sizes, targetGroups = [], trouble }: SeenGroup): string {
  if (trouble !== undefined) return ` It could not be looked at: ${trouble}`;
  const { desiredCapacity, minSize, maxSize } = sizes ?? { desiredCapacity: 0, minSize: 0, maxSize: 0 };
  const behind =
    targetGroups.length === 0
      ? 'in no target group: a deploy would be refused'
      : `target group ${targetGroups.join(', ')}`;
  return ` desired ${desiredCapacity}, min ${minSize}, max ${maxSize}; ${behind}`;
}

function suggest({ url }: SeenGroup): string {
  return [
    ...(url === undefined ? [' url: https://your.name   # no plain listener leads to it'] : []),
    ...(url?.startsWith('https:') ? [` url: https://your.name   # of the certificate; it answers at ${url}`] : []),
    " smoke: ['/ 200']",
    ' bake: 5m',
    ' alarm: [a-cloudwatch-alarm]',
  ].join('\n');
}
