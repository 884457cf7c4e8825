import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { clientPath } from '../../client-folder.ts';
import { writePrivateFile } from '../../private-file.ts';
import type { HashedFile } from './hash-bytes.ts';

/** A line of a journal. */
interface Entry {
  /** Absolute. */
  path: string;
  stamp: string;
  hash: string;
}

/**
 * The hashes of one folder's files, kept between runs: a line is added as each is known, so that a run that is killed loses nothing. A file
 * whose stamp is another one is hashed again.
 */
export class HashJournal {
  readonly #file: string;
  readonly #entries: Map<string, Entry>;
  /** Lines that later ones replaced. */
  #stale = 0;
  /** What ends the line at which an earlier run was killed. */
  #lineEnd = '';

  /** @param folder absolute */
  constructor(env: NodeJS.ProcessEnv, folder: string) {
    const name = createHash('sha256').update(folder).digest('hex').slice(0, 32);
    this.#file = join(clientPath(env, 'uploads'), `${name}.ndjson`);
    this.#entries = this.#read();
  }

  /** The hash of a file that has not changed since. */
  find(path: string, stamp: string): string | undefined {
    const entry = this.#entries.get(path);
    return entry?.stamp === stamp ? entry.hash : undefined;
  }

  add(path: string, { stamp, hash }: HashedFile): void {
    const entry = { path, stamp, hash };
    this.#put(entry);
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    appendFileSync(this.#file, `${this.#lineEnd}${JSON.stringify(entry)}\n`, { mode: 0o600 });
    this.#lineEnd = '';
  }

  /** Leaves out what was replaced, once that is half of it. */
  tidy(): void {
    if (this.#stale <= this.#entries.size) return;
    writePrivateFile(this.#file, Array.from(this.#entries.values(), (entry) => `${JSON.stringify(entry)}\n`).join(''));
    this.#stale = 0;
  }

  #put(entry: Entry): void {
    if (this.#entries.has(entry.path)) this.#stale += 1;
    this.#entries.set(entry.path, entry);
  }

  #read(): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    const text = textOf(this.#file);
    if (text !== '' && !text.endsWith('\n')) this.#lineEnd = '\n';
    for (const line of text.split('\n')) {
      const entry = entryOf(line);
      if (entry === undefined) continue;
      if (entries.has(entry.path)) this.#stale += 1;
      entries.set(entry.path, entry);
    }
    return entries;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Undefined for what is no whole line: the last one of a run that was killed. */
function entryOf(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<Entry> | null;
    const { path, stamp, hash } = entry ?? {};
    const isWhole = typeof path === 'string' && typeof stamp === 'string' && /^[0-9a-f]{64}$/.test(hash ?? '');
    return isWhole && hash !== undefined ? { path, stamp, hash } : undefined;
  } catch {
    return undefined;
  }
}
