const CONTEXT = '"@context":"https://www.w3.org/ns/activitystreams"';

export interface CollectionHead {
  /** The collection's URL. */
  id: string;
  totalItems: number;
  /** Query strings of the pages, with their question mark. */
  first: string;
  last?: string;
}

/** An `OrderedCollection` that shows its items on pages. */
export function collectionText(c: CollectionHead): string {
  const last = c.last === undefined ? '' : `,"last":${JSON.stringify(c.id + c.last)}`;
  return (
    `{${CONTEXT},"id":${JSON.stringify(c.id)},"type":"OrderedCollection","totalItems":${c.totalItems}` +
    `,"first":${JSON.stringify(c.id + c.first)}${last}}`
  );
}

export interface CollectionPage {
  /** The collection's URL. */
  partOf: string;
  /** This page's query string, its neighbours' where there are any. */
  query: string;
  next?: string | undefined;
  prev?: string | undefined;
  totalItems: number;
  /** JSON texts: stored documents are shown as they were stored. */
  items: readonly string[];
}

/** An `OrderedCollectionPage`. */
export function pageText(p: CollectionPage): string {
  const link = (name: string, query: string | undefined): string =>
    query === undefined ? '' : `,"${name}":${JSON.stringify(p.partOf + query)}`;
  return (
    `{${CONTEXT},"id":${JSON.stringify(p.partOf + p.query)},"type":"OrderedCollectionPage"` +
    `,"partOf":${JSON.stringify(p.partOf)},"totalItems":${p.totalItems}${link('next', p.next)}${link('prev', p.prev)}` +
    `,"orderedItems":[${p.items.join(',')}]}`
  );
}
