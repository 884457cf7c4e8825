import { withQuery } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { counted, empty, pageLinks } from '../html/pieces.ts';
import { assetCards } from './asset-cards.ts';
import { assetFilters } from './asset-filters.ts';
import { isFiltering, type AssetFilter } from './asset-filter.ts';
import type { AssetList } from './asset.ts';

export interface AssetsPage {
  list: AssetList;
  filter: AssetFilter;
  /** Of the page that is shown; undefined for the first. */
  cursor: string | undefined;
}

export function assetsPage({ list, filter, cursor }: AssetsPage): Page {
  const { assets, total, next_cursor: nextCursor } = list;
  const about = list.total_estimated === true ? 'About ' : '';
  const main = html`<h1>Assets</h1>
    <p class="lead">Works whose hash somebody has registered here, each with a signed claim in a public log.</p>
    ${assetFilters(filter)}
    ${
      assets.length === 0
        ? nothing(filter, cursor)
        : html`<p class="note">${about}${counted(total, 'asset')}. <a href="/claim">Claim a file</a>.</p>
            ${assetCards(assets)}`
    }
    ${pageLinks({
      first: cursor === undefined ? undefined : withQuery('/assets', { ...filter }),
      next: nextCursor === null ? undefined : withQuery('/assets', { ...filter, cursor: nextCursor }),
    })}`;
  return { title: `Assets · ${siteName}`, main, section: '/assets' };
}

function nothing(filter: AssetFilter, cursor: string | undefined): Html {
  if (cursor !== undefined) return empty('There are no more assets.');
  if (isFiltering(filter)) return empty(html`Nothing matches. <a href="/assets">See all assets</a>.`);
  return empty(html`Nothing has been registered yet. <a href="/claim">Make the first claim</a>.`);
}
