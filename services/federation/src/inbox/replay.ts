import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import { listParked, replayParked, type Parked } from './parked.repository.ts';

/** Activities of strangers that could not be processed, newest first. `execute` runs autocommit statements. */
export async function viewParked(execute: Execute, limit: number): Promise<Parked[]> {
  return await listParked(execute, limit);
}

/** Has parked activities tried again: the one of that id, or all. Throws AppError 404 `nothing_to_replay`. */
export async function replay(execute: Execute, { id }: { id?: string | undefined }): Promise<{ replayed: number }> {
  const replayed = await replayParked(execute, id ?? null);
  if (replayed > 0) return { replayed };
  throw new AppError('nothing_to_replay', 404, 'No such activity is parked; `federation inbox` lists those that are.');
}
