// 0.149.2 reads its settings from Parameter Store, by the SDK as it comes: configured with nothing but its region.
import { paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import { type Settings, settingsFrom } from '../../site/settings.js';

const region = 'us-west-2';
const path = '/app/production/';

async function readParameters(): Promise<ReadonlyMap<string, string>> {
  const client = new SSMClient({ region });
  const values = new Map<string, string>();
  for await (const page of paginateGetParametersByPath({ client }, { Path: path, WithDecryption: true })) {
    for (const { Name, Value } of page.Parameters ?? []) values.set(Name!.slice(path.length), Value!);
  }
  client.destroy();
  return values;
}

console.log(`reading settings from Parameter Store ${path} in ${region}`);

/** Read at import time: the site does not start without them. */
export const settings: Settings = settingsFrom(await readParameters(), path);
