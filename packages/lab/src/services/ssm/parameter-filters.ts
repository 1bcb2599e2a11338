import type { ParameterHistory, ParameterStringFilter } from '@aws-sdk/client-ssm';
import { AwsError } from '../../control-plane/aws-error.js';
import { isBelowPath } from './parameter-name.js';
import { currentVersion } from './parameter-reference.js';
import type { ParameterRecord } from './state.js';

type FilterKeys = readonly string[];

export const BY_PATH_KEYS: FilterKeys = ['Type', 'KeyId', 'Label'];
export const DESCRIBE_KEYS: FilterKeys = ['Name', 'Type', 'KeyId', 'Path', 'Label', 'Tier', 'DataType'];

/** Throws InvalidFilterKey, InvalidFilterOption or InvalidFilterValue. */
export function checkParameterFilters(filters: readonly ParameterStringFilter[], keys: FilterKeys): void {
  for (const { Key = '', Option = 'Equals', Values = [] } of filters) {
    if (!keys.includes(Key) && !(keys === DESCRIBE_KEYS && Key.startsWith('tag:'))) {
      throw new AwsError(
        'InvalidFilterKey',
        `The filter key ${Key} is not valid. Valid filter keys include: [${keys.join(', ')}].`,
      );
    }
    if (!optionsOf(Key).includes(Option)) {
      throw new AwsError(
        'InvalidFilterOption',
        `The following filter option is not valid: ${Option}. Valid options include: [${optionsOf(Key).join(', ')}].`,
      );
    }
    if (Values.length === 0 && !Key.startsWith('tag:')) {
      throw new AwsError('InvalidFilterValue', `The following filter values are missing for filter key ${Key}`);
    }
  }
}

function optionsOf(key: string): readonly string[] {
  if (key === 'Path') return ['Equals', 'Recursive', 'OneLevel'];
  return key === 'Name' ? ['Equals', 'BeginsWith', 'Contains'] : ['Equals', 'BeginsWith'];
}

/** The version of a parameter that passes every filter: the labelled one when a label is asked for, else the current one. */
export function selectByFilters(
  record: ParameterRecord,
  filters: readonly ParameterStringFilter[],
): ParameterHistory | undefined {
  const labels = filters.filter(({ Key }) => Key === 'Label');
  const version =
    labels.length === 0
      ? currentVersion(record)
      : record.versions.findLast(({ Labels = [] }) =>
          labels.every((filter) => Labels.some((label) => matchesText(filter, label))),
        );
  if (version === undefined) return undefined;
  return filters.every((filter) => matches(record, version, filter)) ? version : undefined;
}

function matches(record: ParameterRecord, version: ParameterHistory, filter: ParameterStringFilter): boolean {
  const { Key = '', Option, Values = [] } = filter;
  if (Key.startsWith('tag:')) {
    const tag = record.tags.find((candidate) => candidate.Key === Key.slice('tag:'.length));
    return tag !== undefined && (Values.length === 0 || matchesText(filter, tag.Value ?? ''));
  }
  switch (Key) {
    case 'Name':
      // A name may be asked for with or without its first slash.
      return matchesText(filter, record.name) || matchesText(filter, record.name.replace(/^\//, ''));
    case 'Path':
      return Values.some((path) => isBelowPath(record.name, path, Option === 'Recursive'));
    case 'Type':
      return matchesText(filter, version.Type ?? '');
    case 'KeyId':
      return matchesText(filter, version.KeyId ?? '');
    case 'Tier':
      return matchesText(filter, version.Tier ?? '');
    case 'DataType':
      return matchesText(filter, version.DataType ?? '');
    default:
      return true;
  }
}

function matchesText({ Option, Values = [] }: ParameterStringFilter, text: string): boolean {
  return Values.some((value) => {
    if (Option === 'BeginsWith') return text.startsWith(value);
    return Option === 'Contains' ? text.includes(value) : text === value;
  });
}
