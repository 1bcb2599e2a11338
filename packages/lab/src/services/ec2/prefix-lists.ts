import type { ControlPlaneContext } from '../../control-plane/types.js';

/** The lists that AWS keeps in every region, for gateway endpoints. The ids are those of us-west-2; the blocks are a selection. */
const awsLists = [
  { service: 's3', id: 'pl-68a54001', cidrs: ['3.5.76.0/22', '52.92.128.0/17', '52.218.128.0/17'] },
  { service: 'dynamodb', id: 'pl-00a54069', cidrs: ['52.94.4.0/24', '52.94.10.0/24', '52.119.252.0/22'] },
];

/** Idempotent. Called before anything looks at prefix lists, because the books of a new lab do not know their region. */
export function installAwsPrefixLists({ state }: ControlPlaneContext): void {
  for (const { service, id, cidrs } of awsLists) {
    if (state.ec2.prefixLists.has(id)) continue;
    const list = {
      PrefixListId: id,
      PrefixListArn: `arn:aws:ec2:${state.region}:aws:prefix-list/${id}`,
      PrefixListName: `com.amazonaws.${state.region}.${service}`,
      AddressFamily: 'IPv4',
      OwnerId: 'AWS',
      State: 'create-complete' as const,
    };
    state.ec2.prefixLists.set(id, { list, entries: cidrs.map((Cidr) => ({ Cidr })) });
  }
}

/** The id of the AWS-managed list of a gateway endpoint's service; the list exists afterwards. */
export function awsPrefixListId(serviceName: string, context: ControlPlaneContext): string {
  installAwsPrefixLists(context);
  for (const [id, { list }] of context.state.ec2.prefixLists) {
    if (list.OwnerId === 'AWS' && list.PrefixListName === serviceName) return id;
  }
  throw new TypeError(`no prefix list of ${serviceName}`);
}
