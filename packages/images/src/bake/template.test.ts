import { describe, expect, test } from 'vitest';
import { readTemplate } from './template.js';

const json = (value: object, variables = {}) =>
  readTemplate([{ path: 't.json', text: JSON.stringify(value) }], variables);
const hcl = (text: string, variables = {}) => readTemplate([{ path: 't.pkr.hcl', text }], variables);

describe('a template of JSON', () => {
  test('says where its builder is, with variables filled in', () => {
    const template = json(
      {
        variables: { subnet: '', vpc: 'vpc-1' },
        builders: [
          {
            type: 'amazon-ebs',
            name: 'web',
            subnet_id: '{{user `subnet`}}',
            vpc_id: '{{ user "vpc" }}',
            security_group_id: 'sg-1',
            associate_public_ip_address: 'true',
          },
        ],
        provisioners: [
          { type: 'shell', inline: ['true'] },
          { type: 'ansible', playbook_file: './site.yml' },
        ],
      },
      { subnet: 'subnet-1' },
    );
    expect(template).toMatchObject({
      builders: [
        {
          name: 'web',
          type: 'amazon-ebs',
          subnetId: 'subnet-1',
          vpcId: 'vpc-1',
          securityGroupIds: ['sg-1'],
          isPublic: true,
        },
      ],
      playbooks: ['./site.yml'],
      unresolved: [],
    });
  });

  test('says what cannot be known, and does not guess it', () => {
    const template = json({
      builders: [{ type: 'amazon-ebs', subnet_id: '{{env `SUBNET`}}', security_group_ids: ['{{user `x`}}'] }],
    });
    expect([...(template?.unresolved ?? [])].sort()).toEqual(['amazon-ebs security_group_ids', 'amazon-ebs subnet_id']);
    expect(template?.builders[0]).toMatchObject({ subnetId: undefined, securityGroupIds: [] });
  });
});

describe('a template of HCL2', () => {
  const text = `
variable "subnet" { default = "subnet-1" } # the public one
variable "group" {
  type = string
}
/* source "amazon-ebs" "old" { subnet_id = "subnet-9" } */
source "amazon-ebs" "web" {
  subnet_id          = var.subnet
  security_group_ids = ["sg-1", "\${var.group}"]
  associate_public_ip_address = true
  tags = { Name = "web" }
}
build {
  sources = ["source.amazon-ebs.web"]
  provisioner "ansible" {
    playbook_file = "\${path.root}/site.yml"
  }
}`;

  test('says where its builder is', () => {
    expect(hcl(text, { group: 'sg-2' })).toMatchObject({
      builders: [{ name: 'amazon-ebs.web', subnetId: 'subnet-1', securityGroupIds: ['sg-1', 'sg-2'], isPublic: true }],
      playbooks: ['site.yml'],
      unresolved: [],
    });
  });

  test('without a value for a variable, that is not known', () => {
    expect(hcl(text)?.unresolved).toEqual(['amazon-ebs.web security_group_ids']);
    expect(hcl('source "amazon-ebs" "web" { subnet_id = local.subnet }')?.unresolved).toEqual([
      'amazon-ebs.web subnet_id',
    ]);
  });
});
