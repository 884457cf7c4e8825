import { AppError } from '@artdag/service-kit';
import { lowerCased } from '../public-keys/handle.ts';

/** Every handle's form, agents' long ones too; what has another is nobody's. */
const anyHandle = /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/;

/** The handle in a path, in lower case; null for what can be no handle, and might hold what the database cannot (NUL). */
export function pathHandle(text: string): string | null {
  const handle = lowerCased(text);
  return anyHandle.test(handle) ? handle : null;
}

/** @param inPath as it was asked for */
export function identityNotFound(inPath: string): AppError {
  return new AppError('identity_not_found', 404, `Identity '${inPath.slice(0, 64)}' not found`);
}
