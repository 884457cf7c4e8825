/**
 * Whether a client has what an entity tag names, and is to be told 304 (RFC 9110 §13.1.2).
 *
 * @param ifNoneMatch the header as received
 * @param etag ours, in its quotes; without commas
 */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
