import type { Json } from './log-server.ts';

/** An entry of the log that speaks of the actor. */
export interface ActorEntry {
  index: number;
  /** Verbatim. */
  leaf: string;
  type: string;
  /** URL of the claim; of a key its id. */
  activity: string;
  /** Unix time in milliseconds; 0 when it is none. */
  publishedMs: number;
  /** Lower-case hex SHA3-256: of the work, or of a key's SPKI. */
  contentHash: string;
  commitment: string;
}

/** Whether a URL is the actor's, on the host that the log is of. */
export type IsActor = (url: unknown) => boolean;

/** @param origin of the log: `<host>/log` */
export function actorOf(origin: string, username: string): IsActor {
  const wanted = `${origin.replace(/\/log$/, '')}/users/${username}`;
  return (url) => typeof url === 'string' && url.replace(/^https?:\/\//, '') === wanted;
}

/** The entry, when it is the actor's. However it is spelt: nothing that another reader takes for the actor's is passed over. */
export function readEntry(index: number, bytes: Buffer, isActor: IsActor): ActorEntry | undefined {
  const leaf = bytes.toString();
  const entry = parse(leaf);
  if (!isActor(entry?.['actor'])) return undefined;
  const hash = entry?.['contentHash'];
  return {
    ...{ index, leaf, type: text(entry?.['type']), activity: text(entry?.['activity']) },
    publishedMs: timeOf(entry?.['published']),
    contentHash: text(typeof hash === 'object' && hash !== null ? (hash as Json)['value'] : undefined),
    commitment: text(entry?.['commitment']),
  };
}

/** Unix time in milliseconds of ISO-8601; 0 when it is none. */
export function timeOf(value: unknown): number {
  return Date.parse(text(value)) || 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parse(leaf: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(leaf);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
