import { z } from 'zod';
import { AwsError } from '../../control-plane/aws-error.js';
import { invalidParameterValue } from './refusals.js';

export interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/** One page of `items`. Throws InvalidParameterValue for a MaxResults out of bounds, InvalidNextToken for a made-up token. */
export function pageOf<T>(items: readonly T[], request: PageRequest, bounds = { least: 5, most: 1000 }): Page<T> {
  const { MaxResults: size } = request;
  if (size !== undefined) checkSize(size, bounds);
  const from = request.NextToken === undefined ? 0 : offsetOf(request.NextToken);
  const to = from + (size ?? bounds.most);
  return { items: items.slice(from, to), nextToken: to < items.length ? tokenOf(to) : undefined };
}

function checkSize(size: number, bounds: { readonly least: number; readonly most: number }): void {
  const expected =
    size < bounds.least
      ? `greater than or equal to ${bounds.least}`
      : size > bounds.most
        ? `less than or equal to ${bounds.most}`
        : undefined;
  if (expected === undefined) return;
  throw invalidParameterValue(`Value ( ${size} ) for parameter maxResults is invalid. Expecting a value ${expected}.`);
}

function tokenOf(offset: number): string {
  return Buffer.from(JSON.stringify({ offset })).toString('base64url');
}

const ownToken = z.object({ offset: z.number().int().min(0) });

function offsetOf(token: string): number {
  try {
    return ownToken.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))).offset;
  } catch {
    throw new AwsError('InvalidNextToken', `The token '${token}' is invalid`);
  }
}
