import { cookieValues } from '@artdag/service-kit';

const names = ['session_token', 'platform_token'];

/**
 * The value of the cookie that signs somebody in, in the order in which they count (credentials.md §1): what CSRF tokens
 * are made of. Undefined for whoever cannot be signed in.
 */
export function sessionSecretOf(cookieHeader: string | undefined): string | undefined {
  const values = names.flatMap((name) => cookieValues(cookieHeader, name));
  return values.find((value) => value !== '');
}

/** Whether one of them came more than once: a sibling host has added its own, and which is ours cannot be told. */
export function cookieCameTwice(cookieHeader: string | undefined): boolean {
  return names.some((name) => cookieValues(cookieHeader, name).length > 1);
}
