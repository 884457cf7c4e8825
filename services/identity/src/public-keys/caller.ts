import { forbidden, isSession, type Assertion } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import { lowerCased } from './handle.ts';

/** Whether each request is signed by a key of the caller's. */
export function isMSign({ method }: Assertion): boolean {
  return method === 'msign';
}

/**
 * For changes of keys.
 *
 * @throws AppError 403 `session_required` for API keys and API tokens
 */
export function refusePrograms(caller: Assertion): void {
  if (isMSign(caller) || isSession(caller)) return;
  const message = 'API keys and API tokens change no public keys; sign the request with a key, or sign in.';
  throw new AppError('session_required', 403, message);
}

/**
 * The handle of a path that is about its owner only. Whether anybody else has it is not looked at.
 *
 * @throws AppError 403 `forbidden`
 */
export function ownHandle(caller: Assertion, inPath: string): string {
  const handle = lowerCased(inPath);
  if (caller.username === null || handle !== caller.username) throw forbidden();
  return handle;
}

export function identityNotFound(handle: string): AppError {
  return new AppError('identity_not_found', 404, `Identity '${handle}' not found`);
}
