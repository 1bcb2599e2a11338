import { describe, expect, test } from 'vitest';
import { isSameHost, parseHealthPage } from './version-page.js';

describe('a health page is read leniently', () => {
  test.each([
    [
      'VERSION: 0.149.2\nFQDN: ip-10-0-1-23.internal\nOK\n',
      { version: '0.149.2', fqdn: 'ip-10-0-1-23.internal', status: 'OK' },
    ],
    ['ok\r\nfqdn = a.b\r\nversion=1\r\nuptime: 3', { version: '1', fqdn: 'a.b', status: 'OK' }],
    ['KO: database: refused\nVERSION: 2\nFQDN: a', { version: '2', fqdn: 'a', status: 'database: refused' }],
    ['KO\nVERSION: 2\nFQDN: a', { version: '2', fqdn: 'a', status: 'KO' }],
    ['<html><p>VERSION: 3</p><br>FQDN: a<br/>OK</html>', { version: '3', fqdn: 'a', status: 'OK' }],
    ['{"version":"4","FQDN":"a","status":"ok","more":[1]}', { version: '4', fqdn: 'a', status: 'OK' }],
    ['{"version": 4', { status: '' }],
    ['Bad Gateway', { status: '' }],
    ['', { status: '' }],
    ['CONVERSION: 5\nVERSIONS: 6', { status: '' }],
  ])('%j', (body, page) => {
    expect(parseHealthPage(body)).toEqual({ version: undefined, fqdn: undefined, ...page });
  });
});

describe('an instance is known by its full name or its first label', () => {
  test.each([
    ['ip-10-0-1-23.us-west-2.compute.internal', 'ip-10-0-1-23.us-west-2.compute.internal', true],
    ['ip-10-0-1-23.us-west-2.compute.internal', 'IP-10-0-1-23', true],
    ['ip-10-0-1-23.us-west-2.compute.internal', 'ip-10-0-1-23.us-west-2.compute.internal.', true],
    ['ip-10-0-1-23.us-west-2.compute.internal', 'ip-10-0-1-23.example.com', false],
    ['ip-10-0-1-23.us-west-2.compute.internal', 'ip-10-0-1-2', false],
    ['', '', false],
  ])('%s and %s: %s', (left, right, same) => {
    expect(isSameHost(left, right)).toBe(same);
  });
});
