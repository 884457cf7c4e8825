import { segment } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { copyable, empty, facts, number, pageLinks, time } from '../html/pieces.ts';
import { copyChip } from './copy-state.ts';
import { storagePath, type CopyHistory } from './storage.ts';

/** One copy at a provider, with what every look at it has found. */
export function copyPage(id: string, copy: CopyHistory, nextBefore: string | undefined): Page {
  const { content_hash: hash, size_bytes: bytes } = copy;
  const next = nextBefore === undefined ? undefined : storagePath(id, { copy: hash, before: nextBefore });
  const main = html`<h1>A copy and its history</h1>
    <p>${copyChip(copy.status)} since ${time(copy.since)}</p>
    ${facts([
      { name: 'SHA3-256', value: copyable(hash, 'the hash') },
      { name: 'Claims', value: html`<a href="/objects/${segment(hash)}">of these bytes</a>` },
      bytes === null ? undefined : { name: 'Size', value: `${number(bytes)} bytes` },
    ])}
    <h2>Checks</h2>
    ${
      copy.checks.length === 0
        ? empty('It has not been looked at yet.')
        : html`<ul class="rows">
            ${copy.checks.map(row)}
          </ul>`
    }
    ${pageLinks({ next })}
    <p><a href="${storagePath(id)}">All copies there</a></p>`;
  return { title: `A copy and its history · ${siteName}`, main, personal: true };
}

function row({ at, result, message, latency_ms: latency, is_change: isChange }: CopyHistory['checks'][number]): Html {
  return html`<li>
    <span>${isChange ? html`<strong>${result}</strong>` : result}${message === '' ? '' : html`: ${message}`}</span>
    <span class="note">${time(at)}, ${number(latency)} ms</span>
  </li>`;
}
