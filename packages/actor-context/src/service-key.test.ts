import { hkdfSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { serviceKey, signServiceRequest, verifyServiceRequest } from './service-key.ts';

const now = new Date('2026-11-21T10:00:00Z');
const key = serviceKey('internal secret', 'federation');
const request = { method: 'POST', path: '/internal/auth/assertion-keys?a=1', body: '{"kid":"x"}' };
const header = signServiceRequest({ ...request, service: 'federation', serviceKey: key, now });
const keyOf = (service: string): string | undefined =>
  service === 'nobody' ? undefined : serviceKey('internal secret', service);

/** 43 characters of base64url hold 258 bits, of which a MAC has 256: the last two decode to nothing. */
function sameBits(last: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(last) ^ 1] ?? '';
}

describe('serviceKey', () => {
  it('is HKDF-SHA-256 of the secret with the service in its info', () => {
    const expected = Buffer.from(hkdfSync('sha256', 'internal secret', '', 'artdag/service/federation', 32)).toString(
      'hex',
    );
    expect(key).toBe(expected);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(serviceKey('internal secret', 'web')).not.toBe(key);
  });
});

describe('verifyServiceRequest', () => {
  it('names the service that signed', () => {
    expect(verifyServiceRequest({ ...request, header, now, keyOf })).toBe('federation');
    expect(
      verifyServiceRequest({
        ...request,
        body: Buffer.from(request.body),
        header,
        now: new Date(+now + 59_000),
        keyOf,
      }),
    ).toBe('federation');
  });

  it.each<[string, object]>([
    ['no header', { header: undefined }],
    ['another scheme', { header: 'Bearer x' }],
    ['an unknown service', { header: header.replace('federation', 'nobody') }],
    ['another service’s name', { header: header.replace('federation', 'gateway') }],
    ['another method', { method: 'PUT' }],
    ['another path', { path: '/internal/auth/assertion-keys?a=2' }],
    ['another body', { body: '{"kid":"y"}' }],
    ['a later time stamp', { header: header.replace(/ts=\d+/, `ts=${+now / 1000 + 1}`) }],
    ['a cut MAC', { header: header.replace(/.{3}"$/, '"') }],
    ['an old one', { now: new Date(+now + 61_000) }],
    ['one from the future', { now: new Date(+now - 61_000) }],
    ['something after it', { header: `${header}, x="y"` }],
    // Who remembers headers, to take each once, must not meet the same signature under another spelling.
    ['its MAC spelt differently', { header: header.replace(/.(?="$)/, sameBits) }],
    ['its time stamp spelt differently', { header: header.replace('ts=', 'ts=0') }],
  ])('refuses %s with 401', (_what, change) => {
    expect(() => verifyServiceRequest({ ...request, header, now, keyOf, ...change })).toThrow(
      expect.objectContaining({ status: 401, code: 'invalid_service_key' }),
    );
  });
});
