// record-store: the record of a group's rollout, in Parameter Store.
//
// A Standard parameter holds 4 KB and costs nothing. A small record is one parameter of readable JSON; a larger one is compressed
// and cut into parts, which are written first, in the slot that the present head does not use; the head then names the slot. A kill
// in between leaves the former record whole.
//
//   D1. A reader sees the former record or the new one, never a mixture.
//   D2. Nothing is written by a holder whose lease is not the newest (S4).
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DirectrixError, parseRecord, type RolloutRecord } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import type { Lease } from './lease.js';
import { recordName, recordPartName, recordPartsPath } from './parameter-names.js';
import { deleteParameters, getParameters, getParametersBelow, putParameter } from './parameters.js';

/** What a Standard parameter holds. */
const partBytes = 4_096;
/** About 2,500 instances, old and new together. */
const maximumParts = 40;

interface RecordHead {
  readonly schema: 'parts';
  readonly slot: 'a' | 'b';
  readonly parts: number;
  readonly sha256: string;
}

/** The last record of the group, finished or not; undefined when there never was one. Throws RECORD_UNREADABLE. */
export async function loadRecord(clients: AwsClients, groupName: string): Promise<RolloutRecord | undefined> {
  const name = recordName(groupName);
  const stored = (await getParameters(clients, [name])).get(name);
  if (stored === undefined) return undefined;
  try {
    const head: unknown = JSON.parse(stored.value);
    return parseRecord(isHead(head) ? await loadParts(clients, groupName, head) : head, name);
  } catch (error) {
    if (error instanceof DirectrixError) throw error;
    throw new DirectrixError(
      'RECORD_UNREADABLE',
      `The record of ${groupName} cannot be read: ${(error as Error).message}`,
      {
        kind: 'invalid',
        source: name,
        hint: 'use the release of Directrix that wrote it, or, when no rollout is under way, delete the parameter',
        cause: error,
      },
    );
  }
}

function isHead(value: unknown): value is RecordHead {
  return typeof value === 'object' && value !== null && 'schema' in value && value.schema === 'parts';
}

async function loadParts(clients: AwsClients, groupName: string, head: RecordHead): Promise<unknown> {
  const names = Array.from({ length: head.parts }, (_, part) => recordPartName(groupName, head.slot, part));
  const found = await getParameters(clients, names);
  const packed = names.map((name) => found.get(name)?.value ?? '').join('');
  if (digest(packed) !== head.sha256) throw new Error(`its ${head.parts} parts do not add up`);
  return JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8'));
}

/** Saves records under one lease. A record that did not change since the last time is not written again. */
export function createRecordWriter(
  clients: AwsClients,
  lease: Lease,
  groupName: string,
): (record: RolloutRecord) => Promise<void> {
  let saved: string | undefined;
  // Unknown until the first write: the slot that the present head uses must not be overwritten.
  let slot: 'a' | 'b' | undefined;
  return async (record) => {
    const text = JSON.stringify(record);
    if (text === saved) return;
    await lease.check();
    if (Buffer.byteLength(text) <= partBytes) {
      await putParameter(clients, recordName(groupName), text);
    } else {
      slot = (slot ?? (await readSlot(clients, groupName))) === 'a' ? 'b' : 'a';
      await writeParts(clients, groupName, slot, text);
    }
    saved = text;
  };
}

async function readSlot(clients: AwsClients, groupName: string): Promise<'a' | 'b'> {
  const name = recordName(groupName);
  const value = (await getParameters(clients, [name])).get(name)?.value ?? '';
  return /"slot":"a"/.test(value) ? 'a' : 'b';
}

async function writeParts(clients: AwsClients, groupName: string, slot: 'a' | 'b', text: string): Promise<void> {
  const packed = gzipSync(text).toString('base64');
  const parts = packed.match(new RegExp(`.{1,${partBytes}}`, 'g')) ?? [];
  if (parts.length > maximumParts)
    throw new DirectrixError(
      'RECORD_TOO_LARGE',
      `The record of ${groupName} needs ${parts.length} parameters; at most ${maximumParts} are used.`,
      {
        source: recordName(groupName),
        hint: 'a record holds about 2,500 instances, old and new together',
      },
    );
  for (const [part, value] of parts.entries())
    await putParameter(clients, recordPartName(groupName, slot, part), value);
  const head: RecordHead = { schema: 'parts', slot, parts: parts.length, sha256: digest(packed) };
  await putParameter(clients, recordName(groupName), JSON.stringify(head));
}

/** What only a large record leaves behind. Called when a rollout has ended. */
export async function tidyRecordParts(clients: AwsClients, groupName: string): Promise<void> {
  const record = await loadRecord(clients, groupName);
  if (record === undefined || Buffer.byteLength(JSON.stringify(record)) > partBytes) return;
  const parts = await getParametersBelow(clients, recordPartsPath(groupName));
  await deleteParameters(
    clients,
    parts.map(({ name }) => name),
  );
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
