import type { Execute } from '@artdag/messaging';
import { removeStorageOf } from './erase-storage.repository.ts';

/**
 * Erases an ended account's storage providers with their secrets, its pins and their history, a batch at a time, in the caller's transaction,
 * which acts for the system. The copies themselves are left where they are: they are with others, under the owner's own name.
 *
 * @returns whether there may be more
 */
export async function eraseStorage(execute: Execute, actorId: string): Promise<boolean> {
  return await removeStorageOf(execute, actorId);
}
