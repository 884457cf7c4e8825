import { AppError, RETRY_AFTER_SECONDS } from '@artdag/service-kit';
import { WWW_AUTHENTICATE } from '@artdag/actor-context';

/**
 * 401 for a credential that was presented and is not good.
 *
 * @param reason which check failed. Neither logged nor sent: a forger need not learn it.
 */
export function badCredential(code: string, message: string, reason: string): AppError {
  return new AppError(code, 401, message, { headers: { 'www-authenticate': WWW_AUTHENTICATE }, cause: reason });
}

/** 401 for a token of any kind. */
export function invalidToken(reason: string): AppError {
  return badCredential('invalid_token', 'The token is not valid here. Sign in again to get a new one.', reason);
}

/** 401 for an API key. */
export function invalidApiKey(reason: string): AppError {
  return badCredential(
    'invalid_api_key',
    'The API key is not valid here. It may have expired or been deleted.',
    reason,
  );
}

/** 403 for a good token of an L1, which counts at that L1 only. */
export function l1TokenNotAccepted(): AppError {
  return new AppError(
    'l1_token_not_accepted',
    403,
    'A token for an L1 server is not accepted here. Use one of your own.',
  );
}

/** 503 while it cannot be known whether credentials are good. */
export function cannotCheck(cause: unknown): AppError {
  return new AppError('dependency_unavailable', 503, 'Credentials cannot be checked now; try again shortly.', {
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    cause,
  });
}
