import { activityPath } from '../activities/activity.ts';
import type { LogPlace } from '../activities/log-place.ts';
import { proofPicture } from '../activities/proof-picture.ts';
import { segment, withQuery } from '../gateway/with-query.ts';
import { foreignLink } from '../html/foreign-link.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { copyable, facts, time, unavailable } from '../html/pieces.ts';
import { seal } from '../html/seal.ts';
import { userPath } from '../users/user-path.ts';
import { typeInWords, type AssetDetail } from './asset.ts';
import { preview } from './preview.ts';
import { provenancePicture } from './provenance-picture.ts';

export interface AssetPage {
  asset: AssetDetail;
  /** Undefined when it could not be read. */
  place: LogPlace | undefined;
  /** Whether the reader wants to see the work itself. */
  isPreviewAsked: boolean;
  publicScheme: 'https' | 'http';
}

export function assetPage({ asset, place, isPreviewAsked, publicScheme }: AssetPage): Page {
  const work = preview(asset, isPreviewAsked, publicScheme);
  const main = html`<div class="title">
      ${seal(asset.content_hash, 'large')}
      <div>
        <h1>${asset.name}</h1>
        <p>${inWords(asset)}</p>
      </div>
    </div>
    ${tags(asset.tags)}
    ${asset.description === null ? '' : html`<p class="stranger" dir="auto">${asset.description}</p>`}
    ${
      work === undefined
        ? ''
        : html`<section id="preview">
            <h2>The work</h2>
            ${work.shown}
          </section>`
    }
    <div class="columns">
      <section>
        <h2>Proof</h2>
        ${place === undefined ? unavailable('How far the proof has come') : proofPicture(asset.created_at, place)}
        <p>
          <a class="button" href="/assets/${segment(asset.name)}/certificate" download>Download the certificate</a>
        </p>
        <p class="note">One file that proves the claim, also offline and without this server.</p>
      </section>
      <section>
        <h2>Provenance</h2>
        ${provenance(asset)}
      </section>
    </div>
    <h2>Details</h2>
    ${details(asset)}`;
  return {
    title: `${asset.name} · ${siteName}`,
    main,
    section: '/assets',
    ...(work?.from === undefined ? {} : { mediaFrom: work.from }),
  };
}

function inWords(asset: AssetDetail): Html {
  const owner = html`<a href="${userPath(asset.owner)}">@${asset.owner}</a>`;
  const unlisted = asset.visibility === 'unlisted' ? html` It is unlisted: whoever knows the name can see it.` : '';
  return html`${typeInWords(asset.asset_type).replace(/^a/, 'A')}, registered by ${owner} on ${time(asset.created_at)}
  with a signed claim to the bytes of this hash.${unlisted}`;
}

function tags(list: readonly string[]): Html {
  if (list.length === 0) return html``;
  return html`<p class="chips">
    ${list.map((tag) => html`<a class="chip" href="${withQuery('/assets', { tag })}"><bdi>${tag}</bdi></a>`)}
  </p>`;
}

function provenance(asset: AssetDetail): Html {
  const isAlone = asset.made_from.length === 0 && asset.used_in.length === 0 && asset.provenance === null;
  if (isAlone)
    return html`<p>Nothing registered here is known to have gone into it, and nothing was made from it so far.</p>`;
  const goesOn =
    asset.made_from_next !== null ||
    asset.used_in_next !== null ||
    asset.made_from.length > 8 ||
    asset.used_in.length > 8;
  return html`<figure>${provenancePicture(asset)}</figure>
    ${goesOn ? html`<p class="note">There is more than the picture shows.</p>` : ''}`;
}

/** What the owner says of where it comes from. */
function originInWords({ origin }: AssetDetail): Html {
  if (origin?.type !== 'external') return html`their own work, says the owner`;
  const where = origin.url === undefined ? '' : html`, ${foreignLink(origin.url)}`;
  const note = origin.note === undefined ? '' : html`: <bdi>${origin.note}</bdi>`;
  return html`from elsewhere, says the owner${where}${note}`;
}

function details(asset: AssetDetail): Html {
  const metadata = JSON.stringify(asset.metadata, null, 2);
  return html`${facts([
    { name: 'SHA3-256', value: copyable(asset.content_hash, 'the hash') },
    { name: 'Origin', value: originInWords(asset) },
    { name: 'Claim', value: html`<a href="${activityPath(asset.activity_id)}">${asset.activity_id}</a>` },
    { name: 'All claims', value: html`<a href="/objects/${segment(asset.content_hash)}">of these bytes</a>` },
    asset.ipfs_cid === null ? undefined : { name: 'IPFS', value: copyable(asset.ipfs_cid, 'the CID') },
    asset.updated_at === asset.created_at ? undefined : { name: 'Changed', value: time(asset.updated_at) },
  ])}
  ${
    metadata === '{}'
      ? ''
      : html`<details>
          <summary>Metadata, as its owner gave it</summary>
          <pre><code>${metadata}</code></pre>
        </details>`
  }`;
}
