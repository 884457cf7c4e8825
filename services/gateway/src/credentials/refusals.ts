import { AppError } from '@artdag/service-kit';
import { WWW_AUTHENTICATE } from '@artdag/actor-context';

/**
 * 401 for a credential that was presented and is not good.
 *
 * @param reason which check failed. Counted, not sent: a forger need not learn it.
 */
export function badCredential(code: string, message: string, reason: string): AppError {
  return new AppError(code, 401, message, { headers: { 'www-authenticate': WWW_AUTHENTICATE }, cause: reason });
}

/** 401 for a token of any kind. */
export function invalidToken(reason: string): AppError {
  return badCredential('invalid_token', 'The token is not valid here. Sign in again to get a new one.', reason);
}
