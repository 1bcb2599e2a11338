import { DirectrixError } from '@directrix/rollout';
import { describe, expect, test } from 'vitest';
import { awsCodeOf, describeFailure, isPassing } from './aws-failure.js';
import { failWith } from './scripted-clients.fixture.js';

const origin = { action: 'autoscaling:DescribeAutoScalingGroups', region: 'us-west-2' };
const systemError = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.1:443`), { code });

describe('a failed call says what to do', () => {
  test.each([
    [new Error('Region is missing'), 'REGION_MISSING', false],
    [
      failWith('CredentialsProviderError', 'Could not load credentials from any providers'),
      'CREDENTIALS_MISSING',
      false,
    ],
    [
      failWith('ExpiredToken', 'The security token included in the request is expired', 403),
      'CREDENTIALS_REJECTED',
      false,
    ],
    [failWith('AccessDenied', 'User: x is not authorized to perform: y', 403), 'ACCESS_DENIED', false],
    [failWith('UnauthorizedOperation', 'You are not authorized', 403), 'ACCESS_DENIED', false],
    [failWith('Throttling', 'Rate exceeded'), 'AWS_THROTTLED', true],
    [failWith('RequestLimitExceeded', 'Request limit exceeded.', 503), 'AWS_THROTTLED', true],
    [
      failWith('ScalingActivityInProgress', 'Scaling activity x is in progress and blocks this action'),
      'AWS_BUSY',
      true,
    ],
    [failWith('InternalFailure', 'We are sorry', 500), 'AWS_UNAVAILABLE', true],
    [systemError('ECONNREFUSED'), 'ENDPOINT_UNREACHABLE', true],
    [new AggregateError([systemError('ENOTFOUND')], ''), 'ENDPOINT_UNREACHABLE', true],
    [failWith('ValidationError', 'Group name not found'), 'AWS_REFUSED', false],
  ])('%s is %s', (error, code, passing) => {
    const failure = describeFailure(error, origin);
    expect(failure.code).toBe(code);
    expect(isPassing(failure)).toBe(passing);
    expect(failure.source).toBe(origin.action);
  });

  test('a denied call names the action that the policy lacks', () => {
    const failure = describeFailure(failWith('AccessDenied', 'no', 403), origin);
    expect(failure.message).toContain('autoscaling:DescribeAutoScalingGroups');
    expect(failure.hint).toContain('autoscaling:DescribeAutoScalingGroups');
  });

  test("AWS's own code and text stay in the message", () => {
    const failure = describeFailure(
      failWith('ValidationError', 'New SetDesiredCapacity value 2 is above max value 1 for the AutoScalingGroup.'),
      origin,
    );
    expect(failure.message).toContain('ValidationError: New SetDesiredCapacity value 2 is above max value 1');
    expect(awsCodeOf(failure)).toBe('ValidationError');
  });

  test('an endpoint that is no address is not called a refusal of AWS', () => {
    const failure = describeFailure(new TypeError('Invalid URL'), { ...origin, endpoint: 'localhost:4566' });
    expect(failure.code).toBe('ENDPOINT_INVALID');
  });

  test('an endpoint of the operator is named', () => {
    const failure = describeFailure(systemError('ECONNREFUSED'), { ...origin, endpoint: 'http://127.0.0.1:4566' });
    expect(failure.message).toContain('http://127.0.0.1:4566');
  });

  test('an error that is explained already is not explained again', () => {
    const error = new DirectrixError('GROUP_NOT_FOUND', 'x');
    expect(describeFailure(error, origin)).toBe(error);
  });
});
