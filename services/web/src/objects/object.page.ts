import { assetCards } from '../assets/asset-cards.ts';
import type { AssetList } from '../assets/asset.ts';
import { segment, withQuery } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { copyable, counted, facts, pageLinks, unavailable } from '../html/pieces.ts';
import { seal } from '../html/seal.ts';

export interface ObjectPage {
  hash: string;
  /** Undefined when they could not be read. */
  list: AssetList | undefined;
  /** What the fediverse did with it; undefined for what could not be read. */
  counts: { likes: number | undefined; shares: number | undefined; replies: number | undefined };
}

export function objectPage({ hash, list, counts }: ObjectPage): Page {
  const main = html`<div class="title">
      ${seal(hash, 'large')}
      <div>
        <h1>All claims of these bytes</h1>
        <p>
          The same content can be claimed by several people. What is registered here says who did, and when; the
          earliest is first.
        </p>
      </div>
    </div>
    ${facts([
      { name: 'SHA3-256', value: copyable(hash, 'the hash') },
      { name: 'In the fediverse', value: inTheFediverse(counts) },
    ])}
    <h2>Assets</h2>
    ${list === undefined ? unavailable('The claims') : claims(list, hash)}`;
  return {
    title: `All claims of ${hash.slice(0, 12)} · ${siteName}`,
    main,
    section: '/assets',
    activityStreams: `/objects/${segment(hash)}`,
  };
}

function claims(list: AssetList, hash: string): Html {
  if (list.assets.length === 0) return html`<p class="note">None of them is public.</p>`;
  const more = withQuery('/assets', { content_hash: hash, sort: 'created_at', cursor: list.next_cursor ?? undefined });
  return html`${assetCards(list.assets)}${pageLinks({ next: list.next_cursor === null ? undefined : more })}`;
}

function inTheFediverse({ likes, shares, replies }: ObjectPage['counts']): string {
  const known = [
    likes === undefined ? undefined : counted(likes, 'like'),
    shares === undefined ? undefined : counted(shares, 'share'),
    replies === undefined ? undefined : counted(replies, 'reply', 'replies'),
  ].filter((text) => text !== undefined);
  return known.length === 0 ? 'not available at the moment' : known.join(', ');
}
