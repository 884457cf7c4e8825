import type { Request, Response } from 'express';

export interface SessionCookie {
  read(req: Request): string | undefined;
  set(res: Response, secret: string, maxAgeMs: number): void;
  clear(res: Response): void;
}

/** HttpOnly, SameSite=Lax, host-only; Secure unless this L1 is plain http, as on somebody's own machine. */
export function createSessionCookie(name: string, publicUrl: string): SessionCookie {
  const attributes = {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure: publicUrl.startsWith('https:'),
  } as const;
  return {
    read(req) {
      const prefix = `${name}=`;
      const pair = (req.headers.cookie ?? '').split(/; */).find((part) => part.startsWith(prefix));
      const value = pair?.slice(prefix.length);
      return value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined;
    },
    set: (res, secret, maxAge) => void res.cookie(name, secret, { ...attributes, maxAge }),
    clear: (res) => void res.clearCookie(name, attributes),
  };
}
