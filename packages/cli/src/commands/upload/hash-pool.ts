import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { CliError } from '../../cli-error.ts';
import type { HashedFile } from './hash-bytes.ts';
import { hashWorkerData, type HashNews, type HashTask } from './hash-worker.ts';

/** More are no faster than most disks. */
const mostByDefault = 4;
/** Of JavaScript's own; the buffer of a worker is apart. */
const heapMegabytes = 32;

export function defaultJobs(): number {
  return Math.min(availableParallelism(), mostByDefault);
}

interface Wanted {
  path: string;
  resolve: (file: HashedFile) => void;
  reject: (error: CliError) => void;
}

/** Worker threads of this very program, each hashing one file at a time; they start when there is work for them. */
export class HashPool {
  readonly #most: number;
  readonly #onRead: (bytes: number) => void;
  readonly #workers = new Set<Worker>();
  readonly #idle = new Set<Worker>();
  readonly #busy = new Map<Worker, Wanted>();
  readonly #queue: Wanted[] = [];

  constructor(jobs: number, onRead: (bytes: number) => void) {
    this.#most = jobs;
    this.#onRead = onRead;
  }

  /** @throws CliError why the file has no hash */
  hash(path: string): Promise<HashedFile> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ path, resolve, reject });
      this.#assign();
    });
  }

  /** Ends the threads, whatever they do; files that are being hashed are never answered. */
  async end(): Promise<void> {
    this.#queue.length = 0;
    await Promise.all(Array.from(this.#workers, (worker) => worker.terminate()));
  }

  #assign(): void {
    while (this.#queue.length > 0) {
      const [worker = this.#start()] = this.#idle;
      if (worker === undefined) return;
      this.#idle.delete(worker);
      const wanted = this.#queue.shift();
      if (wanted === undefined) return;
      this.#busy.set(worker, wanted);
      worker.postMessage({ path: wanted.path } satisfies HashTask, []);
    }
  }

  #start(): Worker | undefined {
    if (this.#workers.size >= this.#most) return undefined;
    const worker = new Worker(new URL(import.meta.url), {
      workerData: hashWorkerData,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    });
    worker.on('message', (news: HashNews) => this.#hear(worker, news));
    worker.on('error', (error) => this.#lose(worker, error));
    this.#workers.add(worker);
    return worker;
  }

  #hear(worker: Worker, news: HashNews): void {
    if (news.kind === 'read') return this.#onRead(news.bytes);
    const wanted = this.#busy.get(worker);
    this.#busy.delete(worker);
    this.#idle.add(worker);
    if (news.kind === 'hashed') wanted?.resolve(news.file);
    else wanted?.reject(new CliError(news.reason));
    this.#assign();
  }

  #lose(worker: Worker, error: unknown): void {
    this.#workers.delete(worker);
    this.#idle.delete(worker);
    const wanted = this.#busy.get(worker);
    this.#busy.delete(worker);
    wanted?.reject(new CliError(`hashing failed: ${error instanceof Error ? error.message : String(error)}`));
    this.#assign();
  }
}
