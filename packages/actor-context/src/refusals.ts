import { AppError } from '@artdag/service-kit';

/** The challenge of every 401. */
export const WWW_AUTHENTICATE = 'Bearer realm="l2", MSign realm="musehub"';

const CHALLENGE = { 'www-authenticate': WWW_AUTHENTICATE };

/** The 401 of a protected route that was called by nobody known. */
export function unauthorized(): AppError {
  return new AppError('unauthorized', 401, 'Unauthorized: No valid session token or API key', { headers: CHALLENGE });
}

/** The 401 for an X-Actor-Assertion that is not to be trusted. */
export function invalidAssertion(reason: string): AppError {
  const message = `Unauthorized: the internal assertion is not valid (${reason})`;
  return new AppError('invalid_assertion', 401, message, { headers: CHALLENGE });
}

export function forbidden(code = 'forbidden'): AppError {
  return new AppError(code, 403, 'Forbidden');
}
