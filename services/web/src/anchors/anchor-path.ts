import { segment } from '../gateway/with-query.ts';

/** Where a page shows one anchor. */
export function anchorPath(merkleRoot: string): string {
  return `/anchors?root=${segment(merkleRoot)}`;
}
