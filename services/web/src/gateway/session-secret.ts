import { cookieValues } from '@artdag/service-kit';

/**
 * The value of the cookie that signs somebody in, in the order in which they count (credentials.md §1): what CSRF tokens
 * are made of. Undefined for whoever cannot be signed in.
 */
export function sessionSecretOf(cookieHeader: string | undefined): string | undefined {
  const values = ['session_token', 'platform_token'].flatMap((name) => cookieValues(cookieHeader, name));
  return values.find((value) => value !== '');
}
