/** A page, and the answers of the public API that it is made of when all is well. */
export interface PageCase {
  path: string;
  /** The part of the API without which there is no such page. */
  needs: string;
  /** Every part, by its path. */
  api: Record<string, unknown>;
  /** What the page shows. */
  shows: string[];
  /** For who is logged in only. */
  isOwn?: true;
}
