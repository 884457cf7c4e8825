import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { firstClaimCommands } from './first-claim.ts';
import type { ServerInfo } from './server-info.ts';

const numbers = new Intl.NumberFormat('en');

/** @param info undefined when the gateway could not tell */
export function homePage(publicUrl: string, info: ServerInfo | undefined): Page {
  const main = html`<h1>${siteName}</h1>
    <p>
      An ownership registry for media. Register the hash of a work and get a claim that is signed with your key, entered
      in a public log that anybody can check, and visible to the fediverse, where people can follow you. The work itself
      never leaves your machine.
    </p>
    <h2>In numbers</h2>
    ${info === undefined ? html`<p class="note">The counts are not available at the moment.</p>` : counts(info)}
    <h2>Make your first claim</h2>
    <pre tabindex="0" role="region" aria-label="Shell commands"><code>${firstClaimCommands(publicUrl)}</code></pre>
    <h2>Look around</h2>
    <p>
      As JSON, for programs: <a href="/assets">assets</a>, <a href="/activities">activities</a>,
      <a href="/users">users</a>, and the <a href="/openapi.json">description of the API</a>.
    </p>`;
  const footer = info === undefined ? html`${publicUrl}` : html`${info.domain}, version ${info.version}`;
  return { title: siteName, main, footer };
}

function counts(info: ServerInfo): Html {
  const shown: [label: string, count: number | null][] = [
    ['Assets', info.assets],
    ['Signed activities', info.activities],
    ['Users', info.users],
    [`Followers of @${info.default_user}`, info.followers],
  ];
  return html`<dl>
    ${shown.map(
      ([label, count]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${count === null ? 'not available' : numbers.format(count)}</dd>
        </div>`,
    )}
  </dl>`;
}
