// The way from new instances, and from whoever builds images, to Parameter Store: name, routes, security groups, network ACLs,
// endpoint and its policy.
import type { Check } from '../check.js';
import { readValue } from '../check.js';
import { findPathFaults } from '../network/path-findings.js';
import { secretsQuestion } from '../network/secrets-question.js';

export const checkSecretsNetwork: Check = (context) => {
  const { snapshot } = context;
  if (snapshot.secrets === undefined && snapshot.secretsHint === undefined) return [];
  const { backend } = snapshot;
  const ofBackend = findPathFaults(context, [
    {
      question: secretsQuestion(snapshot, backend),
      subject: `${backend.name} to Parameter Store`,
      // An endpoint alone is no proof that these instances use it.
      severity: snapshot.secrets === undefined && snapshot.secretsHint === 'endpointInVpc' ? 'warning' : 'error',
    },
  ]);
  // A builder's fault stops the next image, not this rollout.
  const ofBuilders = (readValue(snapshot.builders) ?? []).flatMap((builder) =>
    findPathFaults(context, [
      {
        question: secretsQuestion(snapshot, builder),
        subject: `builder ${builder.name} to Parameter Store`,
        severity: 'warning',
      },
    ]),
  );
  return [...ofBackend, ...ofBuilders];
};
