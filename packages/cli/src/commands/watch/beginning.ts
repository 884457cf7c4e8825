import { tileWidth } from '@artdag/transparency-log';
import { CliError } from '../../cli-error.ts';
import { parseDuration } from '../../duration.ts';
import { timeOf } from './actor-entry.ts';
import type { Json, LogServer } from './log-server.ts';
import type { SignedHead } from './newest-checkpoint.ts';

/** From where on log and list are read. */
export interface Begun {
  index: number;
  /** Unix time in milliseconds; undefined: the newest ten of the list. */
  listedAfterMs: number | undefined;
}

/** Finds that place in a log. */
export type Beginning = (server: Pick<LogServer, 'entries'>, newest: SignedHead) => Promise<Begun>;

/** All that comes from now on. */
export const fromNow: Beginning = async (_server, { head }) => ({ index: head.size, listedAfterMs: undefined });

/**
 * Reads `start`, an index of the log, a time span such as `7d`, or a date.
 *
 * @throws CliError when it is none of them
 */
export function beginningOf(text: string, nowMs: number): Beginning {
  if (text === 'start') return fromIndex(0);
  if (/^\d{1,15}$/.test(text)) return fromIndex(Number(text));
  if (/^\d+[smhd]$/.test(text)) return fromTime(nowMs - 1000 * parseDuration(text));
  const time = Date.parse(text);
  if (!Number.isNaN(time) && /^\d{4}-\d{2}-\d{2}/.test(text)) return fromTime(time);
  throw new CliError(
    `"${text}" is no place to begin at. Give start, a time span such as 7d, a date, or an index of the log.`,
    2,
  );
}

function fromIndex(wanted: number): Beginning {
  return async (server, newest) => {
    if (wanted === 0) return { index: 0, listedAfterMs: -1 };
    const { size } = newest.head;
    if (wanted >= size) return await fromNow(server, newest);
    return { index: wanted, listedAfterMs: await publishedAt(server, wanted, size) };
  };
}

/** The bundle before the first one that begins at that time or later: entries are nearly in the order of their times. */
function fromTime(timeMs: number): Beginning {
  return async (server, { head: { size } }) => {
    let [low, high] = [0, Math.ceil(size / tileWidth)];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((await publishedAt(server, middle * tileWidth, size)) < timeMs) low = middle + 1;
      else high = middle;
    }
    return { index: Math.max(0, low - 1) * tileWidth, listedAfterMs: timeMs };
  };
}

async function publishedAt(server: Pick<LogServer, 'entries'>, index: number, size: number): Promise<number> {
  const entries = await server.entries(Math.floor(index / tileWidth), size);
  return publishedOf(entries[index % tileWidth]);
}

function publishedOf(entry: Buffer | undefined): number {
  try {
    return timeOf((JSON.parse(String(entry)) as Json)['published']);
  } catch {
    return 0;
  }
}
