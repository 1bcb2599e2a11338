// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates have placeholders of their own.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dependenciesOf, inOrder } from './dependencies.js';

const named = (...names: readonly string[]) => ({
  Type: 'AWS::EC2::VPC',
  Properties: { Names: names.map((Ref) => ({ Ref })) },
});

test.each([
  ['a Ref', { A: {}, B: named('A') }, ['A', 'B']],
  ['an attribute', { B: { Properties: { X: { 'Fn::GetAtt': ['A', 'Id'] } } }, A: {} }, ['A', 'B']],
  ['a text', { B: { Properties: { X: { 'Fn::Sub': 'x-${A.Id}-${!C}' } } }, A: {}, C: {} }, ['A', 'C', 'B']],
  [
    'a variable of a text, which is no resource',
    { B: { Properties: { X: { 'Fn::Sub': ['${A}', { A: 'x' }] } } }, A: {} },
    ['B', 'A'],
  ],
  ['DependsOn', { B: { DependsOn: 'A' }, A: {} }, ['A', 'B']],
])('a resource comes after what it names by %s', (_how, resources, order) => {
  expect(inOrder(dependenciesOf(resources))).toEqual(order);
});

test('a circle is refused, and only its own resources are named', () => {
  const resources = { A: named('B'), B: named('A'), C: named('A'), D: {} };
  expect(() => dependenciesOf(resources)).toThrow('Circular dependency between resources: [A, B]');
});

test('G1: whatever the resources name of those before them, the order has each of them once and after all that it names', () => {
  const graphs = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(graphs, (rows) => {
      const resources = Object.fromEntries(
        rows.map((row, at) => [`R${at}`, named(...row.filter((other) => other < at).map((other) => `R${other}`))]),
      );
      const dependencies = dependenciesOf(resources);
      const order = inOrder(dependencies);
      expect([...order].sort()).toEqual(Object.keys(resources).sort());
      for (const [id, needed] of dependencies)
        for (const other of needed) expect(order.indexOf(other)).toBeLessThan(order.indexOf(id));
    }),
  );
});
