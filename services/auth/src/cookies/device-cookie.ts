import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { newSuffix } from '@artdag/service-kit';

/** A browser in which an actor has signed in before. */
export interface Device {
  actorId: string;
  deviceId: string;
}

/**
 * The signed cookie by which a browser is known to an account again, so that whoever guesses its password from elsewhere
 * cannot keep the owner out (credentials.md §6; OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
 */
export interface DeviceCookies {
  /** For a browser in which `actorId` has just signed in; it keeps its id if it was this actor's before. */
  issue(actorId: string, known: Device | null): string;
  /** Null for what we have not signed, or longer than a year ago. */
  read(value: string | undefined): Device | null;
}

const maxAgeSeconds = 365 * 24 * 3600;
const maxChars = 512;

export function createDeviceCookies(o: { jwtSecret: string; now: () => Date }): DeviceCookies {
  const key = Buffer.from(hkdfSync('sha256', o.jwtSecret, '', 'artdag/device', 32));
  const macOf = (payload: string): Buffer => createHmac('sha256', key).update(payload).digest();
  const seconds = (): number => Math.floor(o.now().getTime() / 1000);
  return {
    issue(actorId, known) {
      const deviceId = known?.actorId === actorId ? known.deviceId : newSuffix();
      const payload = Buffer.from(JSON.stringify([actorId, deviceId, seconds()])).toString('base64url');
      return `${payload}.${macOf(payload).toString('base64url')}`;
    },
    read(value) {
      const [payload, mac, ...more] = (value ?? '').slice(0, maxChars + 1).split('.');
      if (value === undefined || value.length > maxChars || !payload || !mac || more.length > 0) return null;
      const given = Buffer.from(mac, 'base64url');
      const expected = macOf(payload);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
      const [actorId, deviceId, issuedAt] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [
        string,
        string,
        number,
      ];
      return seconds() - issuedAt < maxAgeSeconds ? { actorId, deviceId } : null;
    },
  };
}
