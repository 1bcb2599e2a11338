// rule-action: what a listener or a rule does with a request, checked and brought into the form in which AWS describes it.

import type { Action, TargetGroupTuple } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../control-plane/aws-error.js';
import { notEmulated } from '../../control-plane/not-emulated.js';
import { requireTargetGroup } from './lookup.js';
import type { ElbV2State } from './state.js';

const MAX_TARGET_GROUPS = 5;
const MAX_WEIGHT = 999;

/** A forward by TargetGroupArn alone comes back with its ForwardConfig as well, as from AWS. Throws AwsError. */
export function normalizeActions(state: ElbV2State, actions: readonly Action[] | undefined): Action[] {
  if (!actions || actions.length === 0) throw new AwsError('ValidationError', 'An action must be specified');
  const normalized = actions.map((action) => normalizeAction(state, action));
  const last = normalized.toSorted((a, b) => (a.Order ?? 0) - (b.Order ?? 0)).at(-1)!;
  if (!['forward', 'redirect', 'fixed-response'].includes(last.Type!)) {
    throw new AwsError(
      'InvalidLoadBalancerAction',
      'The last action must be a forward, redirect or fixed-response action',
    );
  }
  return normalized;
}

function normalizeAction(state: ElbV2State, action: Action): Action {
  switch (action.Type) {
    case 'forward':
      return normalizeForward(state, action);
    case 'fixed-response': {
      const code = action.FixedResponseConfig?.StatusCode ?? '';
      if (!/^[245]\d\d$/.test(code)) {
        throw new AwsError('ValidationError', `Fixed response status code '${code}' must match '^(2|4|5)\\d\\d$'`);
      }
      const type = action.FixedResponseConfig?.ContentType;
      if (type !== undefined && !CONTENT_TYPES.includes(type)) {
        throw new AwsError(
          'InvalidLoadBalancerAction',
          `The ContentType must be one of:'${CONTENT_TYPES.join("', '")}'`,
        );
      }
      return { ...action };
    }
    case 'redirect': {
      const code = action.RedirectConfig?.StatusCode ?? '';
      if (code !== 'HTTP_301' && code !== 'HTTP_302') {
        throw new AwsError('ValidationError', `Redirect status code '${code}' must be HTTP_301 or HTTP_302`);
      }
      return { ...action, RedirectConfig: { ...REDIRECT_DEFAULTS, ...action.RedirectConfig, StatusCode: code } };
    }
    default:
      throw notEmulated(`the action type '${action.Type}'`);
  }
}

const CONTENT_TYPES = ['text/html', 'application/json', 'application/javascript', 'text/css', 'text/plain'];

const REDIRECT_DEFAULTS = {
  Protocol: '#{protocol}',
  Host: '#{host}',
  Port: '#{port}',
  Path: '/#{path}',
  Query: '#{query}',
};

function normalizeForward(state: ElbV2State, action: Action): Action {
  const tuples = action.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }];
  if (tuples.length === 0 || tuples.length > MAX_TARGET_GROUPS) {
    throw new AwsError(
      'TooManyTargetGroups',
      `A forward action must have between 1 and ${MAX_TARGET_GROUPS} target groups`,
    );
  }
  const targetGroups = tuples.map((tuple) => normalizeTuple(state, tuple));
  return {
    ...action,
    TargetGroupArn: targetGroups.length === 1 ? targetGroups[0]!.TargetGroupArn : undefined,
    ForwardConfig: {
      TargetGroups: targetGroups,
      TargetGroupStickinessConfig: action.ForwardConfig?.TargetGroupStickinessConfig ?? { Enabled: false },
    },
  };
}

function normalizeTuple(state: ElbV2State, tuple: TargetGroupTuple): TargetGroupTuple {
  requireTargetGroup(state, tuple.TargetGroupArn);
  const weight = tuple.Weight ?? 1;
  if (!Number.isInteger(weight) || weight < 0 || weight > MAX_WEIGHT) {
    throw new AwsError(
      'ValidationError',
      `Target group weight '${weight}' must be between 0 and ${MAX_WEIGHT} inclusive`,
    );
  }
  return { TargetGroupArn: tuple.TargetGroupArn, Weight: weight };
}
