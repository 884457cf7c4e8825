import { AppError } from '@artdag/service-kit';

const noStore = { 'cache-control': 'no-store' };
const challenge = { 'www-authenticate': 'Bearer realm="l2", error="invalid_token"' };

/** @param reason which check failed. Neither logged nor sent: a forger need not learn it. */
export function invalidToken(reason: string): AppError {
  const message = 'The token is not valid: it is not ours, or it has expired. Have the user attach again.';
  return new AppError('invalid_token', 401, message, { headers: { ...noStore, ...challenge }, cause: reason });
}

export function tokenScopeMismatch(): AppError {
  const message = 'The token does not work for this L1. Only the L1 that it was made for can use it.';
  return new AppError('token_scope_mismatch', 403, message, { headers: noStore });
}

export function accountDisabled(): AppError {
  return new AppError('account_disabled', 403, "The token's account is not active.", { headers: noStore });
}

export function tokenRevoked(): AppError {
  const message = 'The token has been revoked: the user has logged out or detached. End their session.';
  return new AppError('token_revoked', 401, message, { headers: { ...noStore, ...challenge } });
}
