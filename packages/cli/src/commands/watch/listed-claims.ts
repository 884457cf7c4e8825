import { timeOf } from './actor-entry.ts';
import { pageSize, type Json, type LogServer } from './log-server.ts';

/** A claim as the server lists it: signed, or the Tombstone of one that was erased. */
export interface ListedClaim {
  /** URL. */
  id: string;
  publishedMs: number;
  document: Json;
}

export interface Listing {
  /** Newest first. */
  claims: ListedClaim[];
  /** What was published later than that is listed, or is not shown. Unix time in milliseconds. */
  completeAfterMs: number;
}

/** The API lists no further. */
const maxOffset = 10_000;
/** How many claims are looked at when nothing else was asked for. */
const newest = 10;

/**
 * What the server lists of an actor, back to a time.
 *
 * @param afterMs undefined: the newest ten
 */
export async function readListing(
  server: Pick<LogServer, 'claimsOf'>,
  username: string,
  afterMs: number | undefined,
): Promise<Listing> {
  if (afterMs === undefined) return newestOf(await page(server, username, 0));
  const claims: ListedClaim[] = [];
  for (let offset = 0; offset <= maxOffset; offset += pageSize) {
    const found = await page(server, username, offset);
    const later = found.filter(({ publishedMs }) => publishedMs > afterMs);
    claims.push(...later);
    if (later.length < pageSize) return { claims, completeAfterMs: afterMs };
  }
  return { claims, completeAfterMs: claims.at(-1)?.publishedMs ?? afterMs };
}

function newestOf(found: readonly ListedClaim[]): Listing {
  // All claims of a batch are published in the same second, so the second of the last one may be cut.
  const completeAfterMs = found[newest]?.publishedMs ?? -1;
  return { claims: found.slice(0, newest), completeAfterMs };
}

async function page(server: Pick<LogServer, 'claimsOf'>, username: string, offset: number): Promise<ListedClaim[]> {
  return (await server.claimsOf(username, offset)).flatMap((document) => {
    if (typeof document !== 'object' || document === null) return [];
    const { id, published } = document as Json;
    return typeof id === 'string' ? [{ id, publishedMs: timeOf(published), document: document as Json }] : [];
  });
}
