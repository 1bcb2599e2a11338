// Whether every name that the release expects is below its path. Names only: preflight never has a value.
import { shell } from '@directrix/rollout';
import type { Check } from '../check.js';
import { groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';

export const checkSecretsNames: Check = ({ snapshot, intent }) => {
  const { secrets } = snapshot;
  if (secrets === undefined && snapshot.secretsHint !== undefined) return [];
  if (secrets === undefined) return checkDeclaration(snapshot.image, intent.imageId, groupSubject(snapshot));
  const parameters = readValue(secrets.parameters);
  if (parameters === undefined) return [];
  const subject = `parameters ${secrets.path}`;
  if (parameters.length === 0)
    return [
      draft('PATH_EMPTY', {
        subject,
        // A role may have been given more than the release reads.
        severity: secrets.saidBy === 'role' ? 'warning' : 'error',
        message: `There is no parameter below ${secrets.path}, which ${saidBy[secrets.saidBy]}.`,
        evidence: [{ id: secrets.path, what: 'GetParametersByPath was answered with an empty list' }],
      }),
    ];
  const path = secrets.path.endsWith('/') ? secrets.path : `${secrets.path}/`;
  const present = new Set(parameters.map(({ name }) => name));
  return (secrets.expectedNames ?? [])
    .map((name) => (name.startsWith('/') ? name : `${path}${name}`))
    .filter((name) => !present.has(name))
    .sort()
    .map((name) =>
      draft('SECRET_MISSING', {
        subject: `parameter ${name}`,
        message: `The release expects ${name}, and there is no such parameter.`,
        evidence: [{ id: secrets.path, what: `${parameters.length} parameters, not this one` }],
        // The value is asked for at a prompt: an argument is seen by every user of the machine.
        fix: { text: `put it: ${shell`directrix secrets set ${name}`}` },
      }),
    );
};

const saidBy = {
  option: '--secrets-path names',
  image: "the image's tag directrix:secrets names",
  role: 'the role may read',
} as const;

function checkDeclaration(
  image: { readonly kind: string; readonly value?: { readonly Tags?: readonly { Key?: string }[] } | undefined },
  imageId: string | undefined,
  subject: string,
) {
  if (image.value === undefined || image.value.Tags?.some(({ Key }) => Key === 'directrix:secrets')) return [];
  return [
    draft('SECRETS_UNDECLARED', {
      subject,
      message: `Nothing says whether ${imageId} reads secrets from Parameter Store, so the way to them was not checked.`,
      evidence: [{ id: imageId ?? '', what: 'no tag directrix:secrets' }],
      fix: {
        commands: [shell`aws ec2 create-tags --resources ${imageId} --tags Key=directrix:secrets,Value=/your/path/`],
      },
    }),
  ];
}
