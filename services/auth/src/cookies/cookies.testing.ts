import type { Answer } from '../start-auth.testing.ts';

/** The cookies that an answer sets, by name; an empty value takes one back. */
export function cookiesOf({ headers }: Pick<Answer, 'headers'>): Record<string, string> {
  return Object.fromEntries(
    headers.getSetCookie().map((line) => {
      const [pair = ''] = line.split(';', 1);
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** The `Cookie` header of a browser that holds these. */
export function cookieHeader(cookies: Record<string, string>): string {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}
