import { html, type Html } from '../html/html.ts';
import { foreignLink, webAddress } from '../html/foreign-link.ts';
import { assetPath, type Asset } from './asset.ts';

export interface Preview {
  shown: Html;
  /** The origin from which it is loaded; undefined as long as nothing is. */
  from?: string;
}

/**
 * Where a claim says that its work is. It is a stranger's server, which learns who looks: so the work is loaded only when the
 * reader has followed the link that says so.
 */
export function preview(asset: Asset, isAsked: boolean, publicScheme: 'https' | 'http'): Preview | undefined {
  if (asset.url === null) return undefined;
  const url = webAddress(asset.url);
  const media = url === undefined ? undefined : mediaOf(asset, url.href);
  // What is not encrypted would be asked for over https from a page that is.
  const isLoadable = url !== undefined && media !== undefined && (url.protocol === 'https:' || publicScheme === 'http');
  const place = html`<p>Its owner says that it is at ${foreignLink(asset.url)}</p>`;
  if (!isLoadable) return { shown: place };
  if (isAsked)
    return {
      shown: html`${place}
        <figure class="preview">${media}</figure>`,
      from: url.origin,
    };
  const note = html`<span class="note">It comes from ${url.host}, which then learns your address.</span>`;
  return {
    shown: html`${place}
      <p>
        <a class="button" href="${assetPath(asset.name)}?preview=1#preview" rel="nofollow">Show it here</a> ${note}
      </p>`,
  };
}

function mediaOf({ asset_type: type, name }: Asset, href: string): Html | undefined {
  if (type === 'image')
    return html`<img src="${href}" alt="${name}, as its owner’s server shows it" referrerpolicy="no-referrer" />`;
  if (type === 'video') return html`<video src="${href}" controls preload="metadata" aria-label="${name}"></video>`;
  if (type === 'audio') return html`<audio src="${href}" controls preload="metadata" aria-label="${name}"></audio>`;
  return undefined;
}
