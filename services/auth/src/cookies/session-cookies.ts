import { isIP } from 'node:net';
import type { CookieOptions, Response } from 'express';

/** What a browser is given when somebody has signed in (credentials.md §2). */
export interface CookieValues {
  sessionToken: string;
  /** An access token of the session, for sibling hosts, which verify it by the key set. */
  platformToken: string;
  /** Names this browser to the account (OWASP's device cookie); outlives the session. */
  device: string | null;
}

export interface SessionCookies {
  set(res: Response, values: CookieValues): void;
  /** Takes the first two back: at every logout, and when they are found to be of no use. */
  clear(res: Response): void;
}

export interface SessionCookiesOptions {
  secure: boolean;
  platformDomain: string;
  sessionTtlMs: number;
  platformTokenTtlSeconds: number;
}

export const sessionCookie = 'session_token';
export const platformCookie = 'platform_token';
export const deviceCookie = 'device';

const yearMs = 365 * 24 * 3600_000;

export function createSessionCookies(o: SessionCookiesOptions): SessionCookies {
  const own: CookieOptions = { httpOnly: true, secure: o.secure, sameSite: 'lax', path: '/' };
  const platform = isHostOnly(o.platformDomain) ? own : { ...own, domain: `.${o.platformDomain}` };
  return {
    set(res, { sessionToken, platformToken, device }) {
      res.cookie(sessionCookie, sessionToken, { ...own, maxAge: o.sessionTtlMs });
      res.cookie(platformCookie, platformToken, { ...platform, maxAge: o.platformTokenTtlSeconds * 1000 });
      if (device !== null) res.cookie(deviceCookie, device, { ...own, maxAge: yearMs });
    },
    clear(res) {
      res.clearCookie(sessionCookie, own).clearCookie(platformCookie, platform);
    },
  };
}

/** Browsers drop a cookie whose domain is `localhost` or an address. */
function isHostOnly(domain: string): boolean {
  return domain === 'localhost' || isIP(domain.replace(/^\[|\]$/g, '')) !== 0;
}
