import * as schemas from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ControlPlaneContext, LabEvent, ServiceDefinition } from '../../control-plane/types.js';
import { elbV2Members } from './members.js';
import { elbV2Operations } from './operations.js';
import { playTargetTimer, recordCheckResult, settleTargets } from './target-health.js';

export const elbV2Service: ServiceDefinition = {
  name: 'elasticloadbalancing',
  protocol: 'awsQuery',
  apiVersion: '2015-12-01',
  xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
  schemas,
  members: elbV2Members,
  operations: elbV2Operations,
  onEvent: playEvent,
  reconcile: settleTargets,
};

// Nobody acts in the moment in which a target's health changes: groups read it at their own poll. Saying so spares a group of a
// thousand a look at every member after every check. A target that is gone is another matter: departures wait for it.
function playEvent(event: LabEvent, context: ControlPlaneContext): undefined | 'unchanged' {
  if (event.service !== 'elasticloadbalancing') return 'unchanged';
  const { listeners, listenerUrls, targetGroups } = context.state.elbv2;
  switch (event.type) {
    case 'timer':
      return playTargetTimer(event.name, event.data, context) ? undefined : 'unchanged';
    case 'listenerOpened':
      if (listeners.has(event.listenerArn)) listenerUrls.set(event.listenerArn, event.url);
      return 'unchanged';
    case 'healthCheckResult': {
      const record = targetGroups.get(event.targetGroupArn);
      if (record) recordCheckResult(record, event.checkId, event.result, context);
      return 'unchanged';
    }
  }
}
