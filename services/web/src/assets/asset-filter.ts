import { textOf } from '../gateway/with-query.ts';

/** What a reader of the list has chosen: the parameters of the page, which are those of the API. */
export interface AssetFilter {
  q: string | undefined;
  asset_type: string | undefined;
  tag: string | undefined;
  owner: string | undefined;
  content_hash: string | undefined;
  sort: string | undefined;
}

export function readFilter(query: Record<string, unknown>): AssetFilter {
  return {
    q: textOf(query['q']),
    asset_type: textOf(query['asset_type']),
    tag: textOf(query['tag']),
    owner: textOf(query['owner'])?.replace(/^@/, ''),
    content_hash: textOf(query['content_hash']),
    sort: textOf(query['sort']),
  };
}

/** Whether it leaves anything out. */
export function isFiltering({ sort: _sort, ...rest }: AssetFilter): boolean {
  return Object.values(rest).some((value) => value !== undefined);
}
