import { describe, expect, it } from '@jest/globals';
import { isRefusedAddress } from './address.ts';

/** Both ends of every range that must not be called. */
const refused: Record<string, string[]> = {
  unspecified: ['0.0.0.0', '0.255.255.255', '::'],
  loopback: ['127.0.0.1', '127.0.0.0', '127.255.255.255', '::1'],
  private: ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
  'link-local': ['169.254.0.0', '169.254.255.255', 'fe80::', 'fe80::1', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'carrier-grade NAT': ['100.64.0.0', '100.127.255.255'],
  multicast: ['224.0.0.0', '239.255.255.255', 'ff00::', 'ff02::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  broadcast: ['255.255.255.255'],
  'reserved (class E)': ['240.0.0.0', '255.255.255.254'],
  'IETF protocol assignments': [
    '192.0.0.0',
    '192.0.0.8',
    '192.0.0.255',
    '2001::',
    '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff',
  ],
  documentation: [
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.255',
    '2001:db8::1',
    '2001:db8:ffff::',
    '3fff::1',
    '3fff:fff::1',
  ],
  benchmarking: ['198.18.0.0', '198.19.255.255', '2001:2::1'],
  '6to4 and its relays': ['192.88.99.1', '2002:7f00:1::1', '2002:a00:1::', '2002:808:808::'],
  Teredo: ['2001:0:7f00:1::', '2001::ffff'],
  NAT64: [
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::1',
    '64:ff9b:1:ffff:ffff:ffff:ffff:ffff',
  ],
  'IPv4-mapped': [
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '0:0:0:0:0:ffff:c0a8:0101',
  ],
  'IPv4-translated': ['::ffff:0:127.0.0.1', '::ffff:0:808:808'],
  'IPv4-compatible': ['::127.0.0.1', '::7f00:1', '::8.8.8.8'],
  'unique-local': ['fc00::', 'fd00::1', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'site-local': ['fec0::1', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'discard-only': ['100::1'],
  'segment routing': ['5f00::1'],
  ORCHID: ['2001:10::1', '2001:20::1'],
  'outside global unicast': ['1fff::1', '4000::1', '8000::1', 'e000::1'],
  metadata: [
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    'fd00:ec2::254',
    'fd20:ce::254',
  ],
  'not an address': [
    '',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '0177.0.0.1',
    '127.0.0.1 ',
    '8.8.8.8/32',
    '[::1]',
    '999.1.1.1',
  ],
  'with a zone': ['fe80::1%eth0', '::1%lo', '2606:4700::1%eth0', '2606:4700::1%'],
};

const called = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '168.63.129.15',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450:4001::1',
  '2001:4860:4860::8888',
  '2400:cb00::1',
  '::ffff:8.8.8.8',
];

describe('isRefusedAddress', () => {
  const cases = Object.entries(refused).flatMap(([range, ips]) => ips.map((ip) => [range, ip] as const));
  it.each(cases)('refuses %s: %p', (_range, ip) => {
    expect(isRefusedAddress(ip, [])).toBe(true);
  });

  it.each(called)('lets %s be called', (ip) => {
    expect(isRefusedAddress(ip, [])).toBe(false);
  });

  it.each([
    ['10.1.2.3', '10.0.0.0/8'],
    ['::ffff:10.1.2.3', '10.0.0.0/8'],
    ['10.1.2.3', '::ffff:10.0.0.0/104'],
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', ' 127.0.0.0/8 '],
    ['::1', '::1'],
    ['fd00::5', 'fd00::/8'],
    ['169.254.169.254', '169.254.169.254/32'],
    ['64:ff9b::808:808', '64:ff9b::/96'],
    ['192.168.1.1', '0.0.0.0/0'],
  ])('lets %s be called when %s is allowed', (ip, allowed) => {
    expect(isRefusedAddress(ip, ['172.16.0.0/12', allowed])).toBe(false);
  });

  it.each([
    ['10.1.2.3', '10.2.0.0/16'],
    ['127.0.0.2', '127.0.0.1/32'],
    ['::1', '127.0.0.0/8'],
    ['127.0.0.1', '::1/128'],
    ['127.0.0.1', '::/0'],
    ['64:ff9b::a00:1', '10.0.0.0/8'],
    ['2002:a00:1::', '10.0.0.0/8'],
    ['::1%lo', '::1'],
    ['localhost', '127.0.0.0/8'],
  ])('refuses %s though %s is allowed', (ip, allowed) => {
    expect(isRefusedAddress(ip, [allowed])).toBe(true);
  });

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0/8',
    '::/129',
    'fe80::1%eth0/64',
    '010.0.0.0/8',
    '10.0.0.0/8 ,',
  ])('does not take %p for a range, and says where it was given', (text) => {
    expect(() => isRefusedAddress('10.0.0.1', [text])).toThrow(TypeError);
    expect(() => isRefusedAddress('10.0.0.1', [text])).toThrow(/ALLOWED_PRIVATE_CIDRS/);
  });
});
