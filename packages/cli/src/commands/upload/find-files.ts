import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { stampOf } from './file-stamp.ts';

/** A file that is to be claimed. */
export interface FoundFile {
  /** As it is shown: what was given, and the way from there. */
  path: string;
  /** Absolute. */
  full: string;
  /** Absolute: the folder that was given, or that of a file that was. */
  root: string;
  /** From the folder that was given, with slashes; of a file that was given by itself its name. */
  within: string;
  /** Bytes. */
  size: number;
  stamp: string;
}

export interface Found {
  files: FoundFile[];
  /** What cannot be looked at, and why. */
  failures: { path: string; reason: string }[];
  /** What was passed over because nobody asked for it. */
  left: { hidden: number; links: number; special: number };
}

export interface FindOptions {
  hidden: boolean;
  links: boolean;
}

/** Every regular file under what was given, each once, folders in the order of their names. What is given by itself is taken as it is. */
export async function findFiles(given: readonly string[], options: FindOptions): Promise<Found> {
  const finder = new Finder(options);
  for (const path of given) await finder.take(path, { within: basename(resolve(path)) });
  return finder.found;
}

interface Place {
  within: string;
  /** Undefined of what was given by itself. */
  root?: string;
}

class Finder {
  readonly found: Found = { files: [], failures: [], left: { hidden: 0, links: 0, special: 0 } };
  readonly #options: FindOptions;
  readonly #files = new Set<string>();
  /** Real paths, so that links that lead back end somewhere. */
  readonly #folders = new Set<string>();

  constructor(options: FindOptions) {
    this.#options = options;
  }

  async take(path: string, place: Place): Promise<void> {
    try {
      const info = await stat(path, { bigint: true });
      if (info.isDirectory()) return await this.#enter(path, place);
      const full = resolve(path);
      if (!info.isFile() && place.root === undefined) throw new Error('it is neither a file nor a folder.');
      if (!info.isFile()) this.found.left.special += 1;
      else if (!this.#files.has(full)) {
        this.#files.add(full);
        const { within, root = dirname(full) } = place;
        this.found.files.push({ path, full, root, within, size: Number(info.size), stamp: stampOf(info) });
      }
    } catch (error) {
      this.found.failures.push({ path, reason: reasonOf(error) });
    }
  }

  async #enter(folder: string, { within, root }: Place): Promise<void> {
    const real = await realpath(folder);
    if (this.#folders.has(real)) return;
    this.#folders.add(real);
    const entries = await readdir(folder, { withFileTypes: true });
    entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.name.startsWith('.') && !this.#options.hidden) this.found.left.hidden += 1;
      else if (entry.isSymbolicLink() && !this.#options.links) this.found.left.links += 1;
      else {
        const path = join(folder, entry.name);
        await this.take(path, {
          within: root === undefined ? entry.name : `${within}/${entry.name}`,
          root: root ?? resolve(folder),
        });
      }
    }
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file.';
  if (code === 'EACCES' || code === 'EPERM') return 'you may not read it.';
  return error instanceof Error ? error.message : String(error);
}
