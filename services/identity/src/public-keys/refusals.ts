import { AppError } from '@artdag/service-kit';

/** One answer for a challenge that was never given, was used, or is too old: what it was is nobody's business. */
export function challengeInvalid(): AppError {
  const message = 'The challenge is unknown, used or expired; ask for a new one at POST /api/auth/challenge.';
  return new AppError('challenge_invalid', 400, message);
}

export function badEncoding(what: string): AppError {
  return new AppError('bad_encoding', 400, `${what} is not base64.`);
}

export function keyAlreadyRegistered(): AppError {
  const message = 'This key is or was registered already; a key is used once, so make a new one.';
  return new AppError('key_already_registered', 409, message);
}

export function accountDisabled(): AppError {
  return new AppError('account_disabled', 403, 'This account is disabled or was deleted.');
}
