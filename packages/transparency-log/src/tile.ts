import { LogDataError } from './log-data-error.ts';

/** Hashes, or entries, in a full tile (C2SP tlog-tiles). */
export const tileWidth = 256;

/** One of the log's static resources: a hash tile of a level from 0 up, or a bundle of entries. */
export interface Tile {
  level: number | 'entries';
  index: number;
  /** 1 to 256; a tile of less than 256 is partial. */
  width: number;
}

/** How wide a tile is in a tree of this size; 0 when there is none. */
export function widthInTree(level: Tile['level'], index: number, treeSize: number): number {
  const hashes = level === 'entries' ? treeSize : Math.floor(treeSize / tileWidth ** level);
  return Math.min(tileWidth, Math.max(0, hashes - index * tileWidth));
}

/** `<L>/<N>[.p/<W>]`, or `entries/<N>[.p/<W>]`: what follows `tile/` in its URL. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/[0-9]{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return `${level}/${path}${width < tileWidth ? `.p/${width}` : ''}`;
}

const shape = /^(?<level>entries|[0-9]{1,2})\/(?<index>(?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/(?<width>[0-9]{1,3}))?$/;
const maxLevel = 63;

/**
 * The tile of a path as {@link tilePath} writes it, and of no other spelling.
 *
 * @throws LogDataError otherwise.
 */
export function parseTilePath(path: string): Tile {
  const { level, index, width } = shape.exec(path)?.groups ?? {};
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(index?.replaceAll(/[x/]/g, '')),
    width: width === undefined ? tileWidth : Number(width),
  };
  const inRange = (tile.level === 'entries' || tile.level <= maxLevel) && tile.width >= 1 && tile.width <= tileWidth;
  if (!inRange || !Number.isSafeInteger(tile.index) || tilePath(tile) !== path) {
    throw new LogDataError(
      'Not the path of a tile: <L>/<N>[.p/<W>] or entries/<N>[.p/<W>], as C2SP tlog-tiles writes it.',
    );
  }
  return tile;
}
