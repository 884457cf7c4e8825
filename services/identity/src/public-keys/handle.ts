import { AppError } from '@artdag/service-kit';

/** New handles of people (conflicts C9). auth, which gives them out, knows those that are reserved. */
const humanHandle = /^[a-z0-9][a-z0-9-]{1,28}[a-z0-9]$/;

/** In lower case; only A to Z have one, so that no other letter turns into one of a handle's. */
export function lowerCased(handle: string): string {
  return handle.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * A new person's handle, in lower case.
 *
 * @throws AppError 422 `handle_required`, `handle_invalid`
 */
export function newHandle(wanted: string | null): string {
  if (wanted === null || wanted === '') {
    throw new AppError('handle_required', 422, 'This key is new: choose a handle and say it with a new challenge.');
  }
  const handle = lowerCased(wanted);
  if (humanHandle.test(handle)) return handle;
  const rule = '3 to 30 of a-z, 0-9 and hyphen, with no hyphen at either end';
  throw new AppError('handle_invalid', 422, `A handle has ${rule}.`);
}
