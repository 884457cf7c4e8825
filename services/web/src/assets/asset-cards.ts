import { html, type Html } from '../html/html.ts';
import { shortHash, time } from '../html/pieces.ts';
import { seal } from '../html/seal.ts';
import { userPath } from '../users/user-path.ts';
import { assetPath, type Asset } from './asset.ts';

/** Assets as a list of cards, each with the mark of its bytes. */
export function assetCards(assets: readonly Asset[]): Html {
  return html`<ul class="cards">
    ${assets.map(card)}
  </ul>`;
}

function card(asset: Asset): Html {
  return html`<li class="card">
    ${seal(asset.content_hash)}
    <div>
      <h3><a href="${assetPath(asset.name)}">${asset.name}</a></h3>
      <p class="note">
        ${asset.asset_type} by <a href="${userPath(asset.owner)}">@${asset.owner}</a>${
          asset.visibility === 'unlisted' ? ', unlisted' : ''
        }
      </p>
      <p class="note">${time(asset.created_at)}</p>
      <p class="note">${shortHash(asset.content_hash)}</p>
    </div>
  </li>`;
}
