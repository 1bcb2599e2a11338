// named-values: what a construct's properties say, with each reference written as the construct that it means. A token of one stack and
// the import of it in another are then the same.

import type { IPostProcessor, IResolvable, IResolveContext } from 'aws-cdk-lib';
import { DefaultTokenResolver, Reference, StringConcat, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

class NamingResolver extends DefaultTokenResolver {
  public constructor() {
    super(new StringConcat());
  }

  public override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (Reference.isReference(token)) return nameOf(token.target);
    return super.resolveToken(token, context, postProcessor);
  }
}

/** The name of a resource of this app in what `resolved` returns. Which of its attributes is meant, the place says. */
export function nameOf(construct: IConstruct): string {
  return `construct:${construct.node.path}`;
}

/** The value, with every token of it resolved; a reference to a resource of the app is its `nameOf`. */
export function resolved(scope: IConstruct, value: unknown): unknown {
  return Tokenization.resolve(value, { scope, resolver: new NamingResolver(), preparing: false });
}

export function textOf(scope: IConstruct, value: unknown): string | undefined {
  const found = resolved(scope, value);
  if (found === undefined) return undefined;
  return typeof found === 'string' ? found : JSON.stringify(found);
}

export function textsOf(scope: IConstruct, value: unknown): string[] {
  const found = resolved(scope, value);
  const list = Array.isArray(found) ? found : found === undefined ? [] : [found];
  return list.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
}

export function recordsOf(scope: IConstruct, value: unknown): Record<string, unknown>[] {
  const found = resolved(scope, value);
  const list = Array.isArray(found) ? found : [found];
  return list.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null);
}
