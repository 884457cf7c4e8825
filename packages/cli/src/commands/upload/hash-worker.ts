import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { hashBytes, type HashedFile } from './hash-bytes.ts';

/** What a worker is told: it answers, and asks for no more by itself. */
export interface HashTask {
  path: string;
}

/** What a worker says of its task. */
export type HashNews =
  { kind: 'read'; bytes: number } | { kind: 'hashed'; file: HashedFile } | { kind: 'failed'; reason: string };

const role = 'artdag-hash-worker';

/** The data by which this file, started as a worker, knows what it is for. */
export const hashWorkerData = { role };

/** Whether this thread was started to hash. */
export function isHashWorker(): boolean {
  return !isMainThread && (workerData as { role?: unknown } | undefined)?.role === role;
}

/** Hashes what it is told to, until its pool ends it. */
export function serveHashing(): void {
  parentPort?.on('message', ({ path }: HashTask) => parentPort?.postMessage(newsOf(path), []));
}

function newsOf(path: string): HashNews {
  try {
    const file = hashBytes(path, (bytes) => parentPort?.postMessage({ kind: 'read', bytes } satisfies HashNews, []));
    return { kind: 'hashed', file };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}
