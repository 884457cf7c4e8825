import type { TreeCommand } from './command-tree.ts';

/** A text as one word of a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** As a pattern of `case`: the ways of all commands but the program itself. */
export function wordPatterns(all: readonly TreeCommand[]): string {
  return all
    .filter(({ path }) => path !== '')
    .map(({ path }) => quote(path))
    .join(' | ');
}
