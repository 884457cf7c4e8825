import { collectionText, pageText } from './collection.ts';

const PAGE_SIZE = 50;
/** Deep enough for a quarter of a million; beyond it every page is empty. */
const MAX_PAGE = 5000;

/** URLs that belong to something of ours (a username, an object), newest first. */
export interface UrlSource {
  count(owner: string): Promise<number>;
  page(owner: string, page: { limit: number; offset: number }): Promise<string[]>;
}

/** An `OrderedCollection` of URLs, or the page of 50 that the query asks for (`page=1` and up), as JSON text. */
export async function readUrlCollection(source: UrlSource, id: string, owner: string, asked: unknown): Promise<string> {
  const totalItems = await source.count(owner);
  if (asked === undefined) {
    const last = `?page=${Math.max(1, Math.ceil(totalItems / PAGE_SIZE))}`;
    return collectionText({ id, totalItems, first: '?page=1', last });
  }
  const page = pageNumber(asked);
  const offset = (page - 1) * PAGE_SIZE;
  const found = page > MAX_PAGE ? [] : await source.page(owner, { limit: PAGE_SIZE, offset });
  const items = found.map((apId) => JSON.stringify(apId));
  const next = offset + found.length < totalItems && found.length > 0 ? `?page=${page + 1}` : undefined;
  const prev = page > 1 ? `?page=${page - 1}` : undefined;
  return pageText({ partOf: id, query: `?page=${page}`, totalItems, items, next, prev });
}

/** `?page=true` is what others call the first page. */
function pageNumber(asked: unknown): number {
  return typeof asked === 'string' && /^[1-9]\d{0,8}$/.test(asked) ? Number(asked) : 1;
}
