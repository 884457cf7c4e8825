import { describe, expect, it } from '@jest/globals';
import { createDeviceCookies } from './device-cookie.ts';

describe('the device cookie', () => {
  const start = new Date('2026-11-22T00:00:00Z');
  let now = start;
  const devices = createDeviceCookies({ jwtSecret: 'a'.repeat(32), now: () => now });

  it('names the actor, and keeps the id of the browser for this actor only', () => {
    const first = devices.read(devices.issue('user:a', null));
    expect(first).toEqual({ actorId: 'user:a', deviceId: expect.any(String) });
    expect(devices.read(devices.issue('user:a', first))).toEqual(first);
    const other = devices.read(devices.issue('user:b', first));
    expect(other?.actorId).toBe('user:b');
    expect(other?.deviceId).not.toBe(first?.deviceId);
  });

  it('is nothing when it is altered, signed by another secret, or over a year old', () => {
    const value = devices.issue('user:a', null);
    const [payload = '', mac = ''] = value.split('.');
    const forged = Buffer.from(JSON.stringify(['user:b', 'x', 2_000_000_000])).toString('base64url');
    const stranger = createDeviceCookies({ jwtSecret: 'b'.repeat(32), now: () => now }).issue('user:a', null);
    for (const bad of [undefined, '', '.', 'x', `${forged}.${mac}`, payload, `${payload}.`, stranger, `${value}.x`]) {
      expect(devices.read(bad)).toBeNull();
    }
    expect(devices.read('x'.repeat(10_000))).toBeNull();
    now = new Date(start.getTime() + 364 * 24 * 3600_000);
    expect(devices.read(value)).not.toBeNull();
    now = new Date(start.getTime() + 366 * 24 * 3600_000);
    expect(devices.read(value)).toBeNull();
    now = start;
  });
});
