// The site of the story as a CDK app: `cdk synth -c network=N3`. N4 is not a change of the stack: it is what N3 does to the builder.
import { App } from 'aws-cdk-lib';
import { isNetworkName, networkNames, SiteStack } from './site-stack.js';

const app = new App({ analyticsReporting: false });
const network = String(app.node.tryGetContext('network') ?? 'N1');
const image = String(app.node.tryGetContext('image') ?? 'ami-0123456789abcdef0');
if (!isNetworkName(network))
  throw new Error(`There is no network ${network}: say -c network=${networkNames.join('|')}.`);
new SiteStack(app, 'hyperbola', {
  network,
  image,
  env: {
    account: process.env.CDK_DEFAULT_ACCOUNT ?? '123456789012',
    region: process.env.CDK_DEFAULT_REGION ?? 'us-west-2',
  },
});
