import type { HashNews } from './hash-news.ts';

export interface HashListener {
  onProgress: (read: number) => void;
  onHash: (hash: string) => void;
  /** @param why as `HashNews` has it, or `NoWorker` when this browser starts none */
  onFailure: (why: string) => void;
}

/** Hashes a file in a worker of its own. Returns what ends it early: nothing is heard of it afterwards. */
export function startHashing(workerUrl: string, file: File, listener: HashListener): () => void {
  const worker = new Worker(workerUrl, { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<HashNews>) => {
    if ('read' in data) return listener.onProgress(data.read);
    worker.terminate();
    if ('hash' in data) listener.onHash(data.hash);
    else listener.onFailure(data.failed);
  });
  worker.addEventListener('error', () => {
    worker.terminate();
    listener.onFailure('NoWorker');
  });
  worker.postMessage(file, []);
  return () => worker.terminate();
}
