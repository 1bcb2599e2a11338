// A cold start of one subject of bench/secrets.ts: tells the milliseconds that it took, and ends.
import { GetParametersCommand, paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import { loadSecrets } from '@directrix/secrets';
import * as v from 'valibot';

const [subject, count] = process.argv.slice(2);
const path = '/app/production/';
const keys = Array.from({ length: Number(count) }, (_, index) => `KEY_${index}`);
const schema = v.object(Object.fromEntries(keys.map((key) => [key, v.string()])));

const subjects = {
  async 'plain SDK, by path'() {
    const client = new SSMClient({});
    const values = {};
    for await (const page of paginateGetParametersByPath({ client }, { Path: path, WithDecryption: true })) {
      for (const { Name, Value } of page.Parameters ?? []) values[Name.slice(path.length)] = Value;
    }
    return Object.keys(values).length;
  },
  async 'plain SDK, by names'() {
    const client = new SSMClient({});
    const values = {};
    for (let start = 0; start < keys.length; start += 10) {
      const Names = keys.slice(start, start + 10).map((key) => path + key);
      const { Parameters } = await client.send(new GetParametersCommand({ Names, WithDecryption: true }));
      for (const { Name, Value } of Parameters) values[Name.slice(path.length)] = Value;
    }
    return Object.keys(values).length;
  },
  async 'directrix, by path'() {
    const secrets = await loadSecrets({ path, schema, names: 'byPath' });
    return Object.keys(secrets.values).length;
  },
  async 'directrix, by names'() {
    const secrets = await loadSecrets({ path, schema });
    return Object.keys(secrets.values).length;
  },
};

const startedAt = performance.now();
const read = await subjects[subject]();
const ms = performance.now() - startedAt;
if (read !== keys.length) throw new Error(`${subject} read ${read} of ${keys.length}`);
process.send(ms, () => process.exit());
