// check properties: whether a resource can be made from what the template says of it.
import { notEmulated } from '../../../control-plane/not-emulated.js';
import { findUndeclaredMember } from '../../../protocols/check-members.js';
import { validationError } from '../refusals.js';
import { resourceFactsOf } from '../resource-facts.js';
import type { Properties, ResourceType } from '../resources/resource-type.js';

/** Throws AwsError: what AWS's schema does not have or misses in CloudFormation's words, what the lab does not act on by name. */
export function checkProperties(logicalId: string, typeName: string, type: ResourceType, properties: Properties): void {
  const facts = resourceFactsOf(typeName);
  if (facts === undefined) throw notEmulated(`the resource type ${typeName}`);
  const faults = [
    ...[...facts.required]
      .filter((name) => properties[name] === undefined)
      .map((name) => `#: required key [${name}] not found`),
    ...Object.keys(properties)
      .filter((name) => !facts.properties.has(name) && !isLegacy(type, name))
      .map((name) => `#: extraneous key [${name}] is not permitted`),
  ];
  if (faults.length > 0)
    throw validationError(
      `Properties validation failed for resource ${logicalId} with message:\n[${faults.join(', ')}]`,
    );
  const undeclared = findUndeclaredMember(typeName, type, properties);
  if (undeclared !== undefined) throw undeclared;
}

/** A property that the schema no longer lists and that still works, because the type says that it acts on it. */
function isLegacy({ acts }: ResourceType, name: string): boolean {
  return acts.split(' ').includes(name);
}
