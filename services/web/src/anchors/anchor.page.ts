import { formError } from '../account/field.ts';
import { segment } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { copyable, counted, facts, number, time } from '../html/pieces.ts';
import { stateChip } from './anchor-state.ts';
import type { AnchorDetail } from './anchor.ts';

export interface AnchorPage {
  anchor: AnchorDetail;
  /** What was done. */
  notice: Html;
  /** Why the last button did nothing. */
  refusal: Html | string | undefined;
  /** For administrators: what the form needs that asks the calendars again. */
  csrf: Html | undefined;
}

export function anchorPage({ anchor, notice, refusal, csrf }: AnchorPage): Page {
  const main = html`<h1>Anchor of ${counted(anchor.activity_count, 'activity', 'activities')}</h1>
    ${notice}${formError(refusal)}
    <p>${stateChip(anchor.state)} ${anchor.summary}</p>
    ${csrf === undefined || anchor.state === 'confirmed' ? '' : askAgain(anchor.merkle_root, csrf)}
    ${facts([
      { name: 'Merkle root', value: copyable(anchor.merkle_root, 'the Merkle root') },
      { name: 'Log size', value: number(anchor.log_size) },
      { name: 'Made', value: time(anchor.created_at) },
      anchor.bitcoin_height === null ? undefined : { name: 'Bitcoin block', value: block(anchor) },
      { name: 'Calendars', value: calendars(anchor) },
      anchor.proof === null
        ? undefined
        : {
            name: 'Proof',
            value: html`<a href="/anchors/${segment(anchor.merkle_root)}/proof.ots" download
              >OpenTimestamps proof (.ots)</a
            >`,
          },
    ])}
    <h2>Signed checkpoint</h2>
    <p class="note">What is anchored: the state of the log, signed by it.</p>
    <pre><code>${anchor.checkpoint}</code></pre>
    <p><a href="/anchors">All anchors</a></p>`;
  const title = `${refusal === undefined ? '' : 'Error: '}Anchor ${anchor.merkle_root.slice(0, 12)} · ${siteName}`;
  return { title, main, section: '/anchors' };
}

function askAgain(root: string, csrf: Html): Html {
  return html`<form method="post" action="/anchors/ui">
      ${csrf}<input type="hidden" name="root" value="${root}" /><button class="button">Ask the calendars again</button>
    </form>
    <p class="note">For administrators. It also happens by itself, less and less often.</p>`;
}

function block({ bitcoin_height: height, block_time: at }: AnchorDetail): Html {
  return html`${number(height ?? 0)}${at === null ? '' : html`, of ${time(at)}`}`;
}

function calendars({ calendars: list }: AnchorDetail): Html {
  if (list.length === 0) return html`none has been asked`;
  return html`<ul class="rows">
    ${list.map(
      ({ calendar, accepted_at: acceptedAt, problem }) =>
        html`<li>
          <span>${calendar}</span>
          <span class="note"
            >${acceptedAt === null ? (problem ?? 'has not answered yet') : html`accepted ${time(acceptedAt)}`}</span
          >
        </li>`,
    )}
  </ul>`;
}
