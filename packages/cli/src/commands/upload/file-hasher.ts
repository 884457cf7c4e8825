import type { FoundFile } from './find-files.ts';
import { HashJournal } from './hash-journal.ts';
import { HashPool } from './hash-pool.ts';
import type { Progress } from './progress.ts';

interface Told {
  hashed: (file: FoundFile, hash: string) => void;
  failed: (file: FoundFile, reason: string) => void;
}

/** Hashes many files in parallel, and none that has not changed since an earlier run. */
export class FileHasher {
  readonly #env: NodeJS.ProcessEnv;
  readonly #jobs: number;
  readonly #isFresh: boolean;
  readonly #progress: Progress;
  readonly #pool: HashPool;
  readonly #journals = new Map<string, HashJournal>();

  /** @param o.isFresh hashes those as well that have not changed */
  constructor(o: { env: NodeJS.ProcessEnv; jobs: number; isFresh: boolean; progress: Progress }) {
    this.#env = o.env;
    this.#jobs = o.jobs;
    this.#isFresh = o.isFresh;
    this.#progress = o.progress;
    this.#pool = new HashPool(o.jobs, (bytes) => o.progress.read(bytes));
  }

  /** Tells of each file, in the order in which they are done. */
  async run(files: readonly FoundFile[], told: Told): Promise<void> {
    const next = files.values();
    const takeAll = async (): Promise<void> => {
      for (const file of next) await this.#hash(file, told);
    };
    await Promise.all(Array.from({ length: this.#jobs }, takeAll));
    for (const journal of this.#journals.values()) journal.tidy();
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }

  async #hash(file: FoundFile, told: Told): Promise<void> {
    const journal = this.#journalOf(file.root);
    const known = this.#isFresh ? undefined : journal.find(file.full, file.stamp);
    if (known !== undefined) this.#progress.read(file.size);
    try {
      const hash = known ?? (await this.#hashAnew(file, journal));
      this.#progress.fileDone();
      told.hashed(file, hash);
    } catch (error) {
      told.failed(file, error instanceof Error ? error.message : String(error));
    }
  }

  async #hashAnew(file: FoundFile, journal: HashJournal): Promise<string> {
    const hashed = await this.#pool.hash(file.full);
    journal.add(file.full, hashed);
    return hashed.hash;
  }

  #journalOf(root: string): HashJournal {
    const known = this.#journals.get(root);
    if (known !== undefined) return known;
    const journal = new HashJournal(this.#env, root);
    this.#journals.set(root, journal);
    return journal;
  }
}
