import type { IncomingMessage } from 'node:http';
import { cookieValues } from '@artdag/service-kit';
import type { CookieName } from './carrier.ts';

/** The `Set-Cookie` values that make a browser forget bad cookies. */
export type ClearCookies = (request: IncomingMessage, bad: readonly CookieName[]) => readonly string[];

const nothing: readonly string[] = [];

/** @param o.domain of `platform_token`; undefined where it is host-only as `session_token` is */
export function createClearCookies(o: { domain: string | undefined; secure: boolean }): ClearCookies {
  const attributes = `Path=/; Max-Age=0; HttpOnly; SameSite=Lax${o.secure ? '; Secure' : ''}`;
  const onHost = (name: string): string => `${name}=; ${attributes}`;
  const onDomain = (name: string): string[] => (o.domain ? [`${name}=; Domain=.${o.domain}; ${attributes}`] : []);
  return (request, bad) => {
    if (bad.length === 0) return nothing;
    return bad.flatMap((name) => {
      // The second one is a sibling's, and where it is kept is not known.
      if (cookieValues(request.headers.cookie, name).length > 1) return [onHost(name), ...onDomain(name)];
      return name === 'platform_token' && o.domain ? onDomain(name) : [onHost(name)];
    });
  };
}
