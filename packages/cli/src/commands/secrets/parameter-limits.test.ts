import { expect, it } from 'vitest';
import { normalizePath, refuseName, refuseValue } from './parameter-limits.js';

it.each([
  ['/app/production/KEY', undefined],
  ['/a.b-c_d/1', undefined],
  ['KEY', 'a name is a whole path and begins with /'],
  ['/app//KEY', 'a name has letters, digits, and . - _ between single slashes'],
  ['/app/KEY/', 'a name has letters, digits, and . - _ between single slashes'],
  ['/awsome/KEY', 'names that begin with aws or ssm are reserved'],
  ['/SSM/KEY', 'names that begin with aws or ssm are reserved'],
  [`/${'a/'.repeat(15)}b`, 'a name has at most 15 levels'],
  [`/${'a'.repeat(1_011)}`, 'a name has at most 1011 characters'],
])('the name %s: %s', (name, refusal) => {
  expect(refuseName(name)).toBe(refusal);
});

it.each([
  ['é'.repeat(2_048), false, undefined],
  ['é'.repeat(2_049), false, 'it has 4098 bytes, and 4096 are the most without --advanced'],
  ['é'.repeat(2_049), true, undefined],
  ['x'.repeat(8_193), true, 'it has 8193 bytes, and 8192 are the most'],
  ['', false, 'it is empty, and Parameter Store keeps no empty values'],
  ['a {{ b }}', false, 'it holds {{, and Parameter Store takes no value with double braces'],
])('a value by its bytes', (value, isAdvanced, refusal) => {
  expect(refuseValue(value, isAdvanced)).toBe(refusal);
});

it('a path ends with a slash, written or not', () => {
  expect([normalizePath('/app/a'), normalizePath('/app/a/')]).toEqual(['/app/a/', '/app/a/']);
  expect(() => normalizePath('app')).toThrow('is not a path of Parameter Store');
});
