import { assetCards } from '../assets/asset-cards.ts';
import type { AssetList } from '../assets/asset.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { empty, number, unavailable } from '../html/pieces.ts';
import { firstClaimCommands } from './first-claim.ts';
import type { ServerInfo } from './server-info.ts';

export interface HomePage {
  publicUrl: string;
  /** Undefined for what could not be read. */
  info: ServerInfo | undefined;
  latest: AssetList | undefined;
  readme: Html;
}

export function homePage({ publicUrl, info, latest, readme }: HomePage): Page {
  const main = html`<h1>${siteName}</h1>
    <p class="lead">
      An ownership registry for media. Register the hash of a work and get a claim that is signed with your key, entered
      in a public log that anybody can check, and visible to the fediverse, where people can follow you. The work itself
      never leaves your machine.
    </p>
    <h2>In numbers</h2>
    ${info === undefined ? unavailable('The counts') : counts(info)}
    <h2>Latest claims</h2>
    ${latest === undefined ? unavailable('The latest claims') : claims(latest)}
    <h2>Make your first claim</h2>
    <p>
      <a href="/claim">Claim a file</a> in the browser, which hashes it on your machine. Or with
      <a href="/download/client">the command line client</a>, which claims whole folders. Or by commands:
    </p>
    <pre tabindex="0" role="region" aria-label="Shell commands"><code>${firstClaimCommands(publicUrl)}</code></pre>
    <section class="readme" aria-label="About this software">${readme}</section>`;
  const footer = info === undefined ? html`${publicUrl}` : html`${info.domain}, version ${info.version}`;
  return { title: siteName, main, footer };
}

function claims(latest: AssetList): Html {
  if (latest.assets.length === 0) return empty('Nothing has been registered yet. The first claim can be yours.');
  return html`${assetCards(latest.assets)}
    <p><a href="/assets">All assets</a>, <a href="/activities">all activities</a></p>`;
}

function counts(info: ServerInfo): Html {
  const shown: [label: string, count: number | null][] = [
    ['Assets', info.assets],
    ['Signed activities', info.activities],
    ['Users', info.users],
    [`Followers of @${info.default_user}`, info.followers],
  ];
  return html`<dl class="counts">
    ${shown.map(
      ([label, count]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${count === null ? 'not available' : number(count)}</dd>
        </div>`,
    )}
  </dl>`;
}
