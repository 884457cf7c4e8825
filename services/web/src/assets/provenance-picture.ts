import { html, type Html } from '../html/html.ts';
import { assetPath, type AssetDetail, type LinkedAsset } from './asset.ts';

const rowHeight = 40;
const maxRows = 8;

/**
 * What an asset was made from, and what was made from it, drawn like the graph of a version control system: time goes down,
 * a line per work.
 */
export function provenancePicture(asset: AssetDetail): Html {
  const above = asset.made_from.slice(0, maxRows);
  const below = asset.used_in.slice(0, maxRows);
  const run = asset.provenance;
  const here = above.length * rowHeight + (run === null ? 0 : rowHeight) + 16;
  const height = here + below.length * rowHeight + 20;
  const words =
    `${asset.name} was made from ${listed(above) || 'nothing that is registered here'}` +
    `${run === null ? '' : `, by a run on ${hostOf(run.l1_server)}`}; made from it: ${listed(below) || 'nothing yet'}.`;
  return html`<svg class="drawing" viewBox="0 0 330 ${height}" role="group" aria-label="${words}">
    ${above.map((linked, at) => branch(linked, at * rowHeight + 16, here))}
    ${below.map((linked, at) => branch(linked, here + (at + 1) * rowHeight, here))}
    ${
      run === null
        ? ''
        : html`<text class="soft" x="58" y="${here - rowHeight + 2}"
              >rendered on ${shortened(hostOf(run.l1_server), 34)}</text
            ><text class="soft" x="58" y="${here - rowHeight + 17}">run ${shortened(run.run_id, 38)}</text>`
    }
    <circle class="dot done" cx="22" cy="${here}" r="10" />
    <text class="strong" x="58" y="${here + 4}">${shortened(asset.name, 32)}</text>
  </svg>`;
}

/** A work beside the line, and the curve by which it joins or leaves the asset's own dot. */
function branch(linked: LinkedAsset, y: number, here: number): Html {
  const bend = y < here ? here - 22 : here + 22;
  return html`<path class="wire done" d="M42 ${y} H32 Q22 ${y} 22 ${y < here ? y + 10 : y - 10} L22 ${bend}" />
    <path class="wire done" d="M22 ${bend} V${here}" />
    <circle class="dot" cx="42" cy="${y}" r="6" />
    <a href="${assetPath(linked.name)}"
      ><title>${linked.name}, ${linked.asset_type} by @${linked.owner}</title
      ><text x="58" y="${y + 1}">${shortened(linked.name, 34)}</text></a
    ><text class="soft" x="58" y="${y + 16}">${linked.asset_type} by @${shortened(linked.owner, 30)}</text>`;
}

function listed(assets: readonly LinkedAsset[]): string {
  return assets.map(({ name }) => name).join(', ');
}

/** A stranger's L1 is shown by its host. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function shortened(text: string, characters: number): string {
  const all = [...text];
  return all.length <= characters ? text : `${all.slice(0, characters - 1).join('')}…`;
}
