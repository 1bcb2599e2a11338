// 0.149.2 reads its settings from Parameter Store: @directrix/secrets, configured with nothing but the path and the schema.
import { loadSecrets, releaseLabel } from '@directrix/secrets';
import * as v from 'valibot';
import type { Settings } from '../../site/settings.js';

const region = 'us-west-2';
const path = '/app/production/';
const text = v.pipe(v.string(), v.nonEmpty());
const schema = v.object({ SECRET_KEY: text, DATABASE_URL: v.pipe(v.string(), v.url()), CONTACT_ADDRESS: text });

/** Rejects with SecretsError, which names the layer that failed; the console has it too. */
export async function loadSettings(version: string, signal: AbortSignal): Promise<Settings> {
  console.log(`reading settings from Parameter Store ${path} in ${region}`);
  // What `deploy --label-secrets` labelled as this release's; as they are now where nobody labels.
  const pinned = { label: releaseLabel(version), ifMissing: 'current' } as const;
  const { values, close } = await loadSecrets({ path, region, schema, pinned, signal });
  close();
  return {
    secretKey: values.SECRET_KEY.reveal(),
    databaseUrl: values.DATABASE_URL.reveal(),
    contactAddress: values.CONTACT_ADDRESS.reveal(),
  };
}
