import { withQuery } from '../../gateway/with-query.ts';
import { foreignLink } from '../../html/foreign-link.ts';
import { html, type Html } from '../../html/html.ts';
import type { Page } from '../../html/page.ts';
import { counted, empty, pageLinks } from '../../html/pieces.ts';
import { accountPage } from '../account.page.ts';
import { field } from '../field.ts';
import type { Refusal } from '../refusal.ts';
import { followButton, followChip } from './follow-button.ts';
import type { Followed, FollowingList } from './following.ts';

export interface FollowingPage {
  list: FollowingList;
  offset: number;
  nextOffset: number | undefined;
  csrf: Html;
  notice?: Html;
  /** What was typed. */
  target?: string;
  refusal?: Refusal;
}

/** Whom one follows, and a box to follow somebody by their name. */
export function followingPage({ list, offset, nextOffset, csrf, notice, target, refusal }: FollowingPage): Page {
  const at = '/account/following';
  const body = html`${
      list.following.length === 0
        ? empty(offset === 0 ? 'You follow nobody.' : 'There is nobody more.')
        : html`<p class="note">${counted(list.total, 'actor')}</p>
            <ul class="rows">
              ${list.following.map((one) => html`<li>${about(one)} ${followButton({ ...one, name: nameOf(one), csrf })}</li>`)}
            </ul>`
    }
    ${pageLinks({
      first: offset === 0 ? undefined : at,
      next: nextOffset === undefined ? undefined : withQuery(at, { offset: nextOffset }),
    })}
    <h2>Follow somebody</h2>
    <form class="stack" method="post" action="${at}">
      ${csrf}
      ${field({
        ...{ name: 'target', label: 'Whom', type: 'text', autocomplete: 'off', value: target ?? '', maxLength: 2048 },
        hint: 'Here or anywhere in the fediverse: @user@host, or the address of an actor.',
        ...{ error: refusal?.fields?.['target'], focus: refusal?.fields?.['target'] !== undefined },
      })}
      <p><button name="do" value="follow">Follow</button></p>
    </form>`;
  return accountPage({ at, title: 'Following', body, refusal, ...(notice && { notice }) });
}

function about(one: Followed): Html {
  const handle = one.handle === null ? '' : html`<strong>@${one.handle}</strong><br />`;
  return html`<span>${handle}${foreignLink(one.target)}<br />${followChip(one.state)}</span>`;
}

function nameOf({ handle, target }: Followed): string {
  return handle === null ? target : `@${handle}`;
}
