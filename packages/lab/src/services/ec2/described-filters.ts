// described filters: what a Describe operation shows of a resource, it can be filtered by.
//
// EC2 names its filters after the members of the answer: `vpc-id` is VpcId, `association.route-table-id` is RouteTableId of each of
// Associations. So one reader serves every resource: it finds the member by the schema of the SDK, whatever the resource holds at the moment.
// Names that EC2 does not form this way are written by hand where the resource is described.
import * as schemas from '@aws-sdk/client-ec2';
import { NormalizedSchema } from '@smithy/core/schema';

export type Scalar = string | number | boolean | Date | undefined;
type Reader = (resource: unknown) => readonly Scalar[];

/** By the name of the SDK's structure and the filter's. */
const readers = new Map<string, Reader | undefined>();

/** Reads what the filter `name` looks at in a structure of the SDK (`Vpc`); undefined when nothing of it is named like this. */
export function describedReader(structure: string, name: string): Reader | undefined {
  const key = `${structure} ${name}`;
  if (!readers.has(key)) readers.set(key, findReader(structure, name));
  return readers.get(key);
}

function findReader(structure: string, name: string): Reader | undefined {
  const schema = (schemas as Readonly<Record<string, unknown>>)[`${structure}$`];
  if (schema === undefined) return undefined;
  const asked = otherNameOf(structure, name);
  const path = findPath(NormalizedSchema.of(schema as Parameters<typeof NormalizedSchema.of>[0]), asked, 0);
  return path && ((resource) => read(resource, path));
}

function squeeze(name: string): string {
  return name.replaceAll('-', '');
}

/** Where EC2 names a filter otherwise than the member: the beginning of the name, and what it stands for. A whole name ends with `$`. */
const OTHER_NAMES: Readonly<Record<string, readonly (readonly [begin: string, instead: string])[]>> = {
  Image: [
    ['owner-alias$', 'image-owner-alias'],
    ['product-code$', 'product-code.product-code-id'],
    ['product-code.type$', 'product-code.product-code-type'],
  ],
  Instance: [
    ['affinity$', 'placement.affinity'],
    ['availability-zone-id$', 'placement.availability-zone-id'],
    ['block-device-mapping.device-name$', 'block-device-mapping.device-name'],
    ['block-device-mapping.', 'block-device-mapping.ebs.'],
    ['host-id$', 'placement.host-id'],
    ['launch-index$', 'ami-launch-index'],
    ['network-interface.addresses.', 'network-interface.private-ip-addresses.'],
    ['network-interface.attachment.instance-id$', 'instance-id'],
    ['network-interface.attachment.instance-owner-id$', 'network-interface.owner-id'],
    ['network-interface.availability-zone$', 'placement.availability-zone'],
    ['network-interface.ipv6-address$', 'network-interface.ipv6-address.ipv6-address'],
    ['network-interface.public-dns-name$', 'network-interface.association.public-dns-name'],
    ['owner-id$', 'network-interface.owner-id'],
    ['product-code$', 'product-code.product-code-id'],
    ['product-code.type$', 'product-code.product-code-type'],
    ['reason$', 'state-transition-reason'],
    ['tenancy$', 'placement.tenancy'],
  ],
  InstanceStatus: [
    ['instance-status.reachability$', 'instance-status.detail.status'],
    ['system-status.reachability$', 'system-status.detail.status'],
  ],
  LaunchTemplateVersion: [
    ['http-', 'launch-template-data.metadata-options.http-'],
    ['kernel-id$', 'launch-template-data.kernel-id'],
    ['ram-disk-id$', 'launch-template-data.ram-disk-id'],
    ['host-resource-group-arn$', 'launch-template-data.placement.host-resource-group-arn'],
    ['license-configuration-arn$', 'launch-template-data.license-specifications.license-configuration-arn'],
    ['network-card-index$', 'launch-template-data.network-interfaces.network-card-index'],
  ],
  NetworkAcl: [['entry.icmp.', 'entry.icmp-type-code.']],
  NetworkInterface: [
    ['addresses.association.owner-id$', 'private-ip-addresses.association.ip-owner-id'],
    ['addresses.', 'private-ip-addresses.'],
  ],
  SecurityGroup: ['ip-permission.', 'egress.ip-permission.'].flatMap((begin) => {
    const member = begin === 'ip-permission.' ? 'ip-permissions.' : 'ip-permissions-egress.';
    return [
      [`${begin}cidr$`, `${member}ip-ranges.cidr-ip`],
      [`${begin}ipv6-cidr$`, `${member}ipv6-ranges.cidr-ipv6`],
      [`${begin}prefix-list-id$`, `${member}prefix-list-ids.prefix-list-id`],
      [`${begin}protocol$`, `${member}ip-protocol`],
      [`${begin}group-id$`, `${member}user-id-group-pairs.group-id`],
      [`${begin}group-name$`, `${member}user-id-group-pairs.group-name`],
      [`${begin}user-id$`, `${member}user-id-group-pairs.user-id`],
      [begin, member],
    ] as const;
  }),
  Subnet: [['ipv6-cidr-block-association.state$', 'ipv6-cidr-block-association-set.ipv6-cidr-block-state.state']],
  Vpc: [
    ['cidr-block-association.state$', 'cidr-block-association-set.cidr-block-state.state'],
    ['ipv6-cidr-block-association.state$', 'ipv6-cidr-block-association-set.ipv6-cidr-block-state.state'],
  ],
};

function otherNameOf(structure: string, name: string): string {
  for (const [begin, instead] of OTHER_NAMES[structure] ?? []) {
    if (begin === `${name}$`) return instead;
    if (!begin.endsWith('$') && name.startsWith(begin)) return instead + name.slice(begin.length);
  }
  return name;
}

const DEEPEST = 4;

/** The names of members that lead to the filter's value. */
function findPath(schema: NormalizedSchema, name: string, depth: number): readonly string[] | undefined {
  if (!schema.isStructSchema() || depth > DEEPEST) return undefined;
  for (const [memberName, member] of schema.structIterator()) {
    // MBps and VCpu are words of their own in a filter's name.
    const isNamed = namesOf(memberName).some((one) => squeeze(one) === squeeze(name));
    if (isNamed && isScalar(element(member))) return [memberName];
  }
  for (const [memberName, member] of schema.structIterator()) {
    const inner = element(member);
    for (const prefix of namesOf(memberName)) {
      // `attachment.status`, `group-id` (GroupId of Groups, whose items name themselves again) and `status-code` (Code of Status).
      const [first = '', ...later] = name.split('.');
      const rests = [later.length > 0 && squeeze(first) === squeeze(prefix) ? later.join('.') : undefined];
      if (name.startsWith(`${prefix}-`)) rests.push(name, name.slice(prefix.length + 1));
      for (const rest of rests) {
        const path = rest === undefined ? undefined : findPath(inner, rest, depth + 1);
        if (path !== undefined) return [memberName, ...path];
      }
    }
  }
  return undefined;
}

function element(schema: NormalizedSchema): NormalizedSchema {
  return schema.isListSchema() ? element(schema.getValueSchema()) : schema;
}

function isScalar(schema: NormalizedSchema): boolean {
  return !schema.isStructSchema() && !schema.isMapSchema() && !schema.isListSchema();
}

/** `Ipv6CidrBlockAssociationSet` is `ipv6-cidr-block-association-set` and `ipv6-cidr-block-association`. */
function namesOf(memberName: string): readonly string[] {
  const name = memberName
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
  const singular = name
    .replace(/-set$/, '')
    .replace(/ies$/, 'y')
    .replace(/(ss|us|x)es$/, '$1')
    .replace(/([^su])s$/, '$1');
  return [...new Set([name, singular, name.replace(/-block$/, ''), singular.replace(/-block$/, '')])];
}

function read(value: unknown, path: readonly string[]): readonly Scalar[] {
  if (Array.isArray(value)) return value.flatMap((item) => read(item, path));
  const [memberName, ...rest] = path;
  if (memberName === undefined) return value === undefined || value === null ? [] : [value as Scalar];
  if (typeof value !== 'object' || value === null) return [];
  return read((value as Readonly<Record<string, unknown>>)[memberName], rest);
}
