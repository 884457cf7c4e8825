import { withQuery } from '../../gateway/with-query.ts';
import { html, type Html } from '../../html/html.ts';
import type { Page } from '../../html/page.ts';
import { copyable, empty } from '../../html/pieces.ts';
import { accountPage } from '../account.page.ts';
import type { Me } from '../me.ts';
import type { Refusal } from '../refusal.ts';
import { endedList } from './ended-list.ts';
import { mintForm } from './mint-form.ts';
import type { MadeSecret, SecretKind, ShownKind, Wish } from './secret-kind.ts';

export interface MintingPage<One> {
  list: readonly One[];
  me: Me;
  csrf: Html;
  notice?: Html;
  wish?: Wish;
  refusal?: Refusal;
}

/** One's secrets of a kind, and the form that makes another. */
export function mintingPage<One extends { id: string }>(kind: SecretKind<One>, o: MintingPage<One>): Page {
  const { list, me, notice, refusal, ...form } = o;
  const { page: at, words, about, isLive } = kind;
  const live = list.filter((one) => isLive(one));
  const ended = list.filter((one) => !isLive(one));
  const body = html`<p>${words.intro}</p>
    ${
      live.length === 0
        ? empty(words.none)
        : html`<ul class="rows">
            ${live.map((one) => html`<li>${about(one)} <a href="${withQuery(`${at}/revoke`, { id: one.id })}">Revoke</a></li>`)}
          </ul>`
    }
    ${endedList(ended.map((one) => html`<li>${about(one)}</li>`))}
    <h2>A new one</h2>
    ${mintForm(kind, { own: me.auth.scopes, ...(refusal && { refusal }), ...form })}`;
  return accountPage({ at, title: words.title, body, refusal, ...(notice && { notice }) });
}

/** Shows a new one, this once. */
export function madePage({ page: at, words, how }: ShownKind, made: MadeSecret): Page {
  const body = html`<section class="once" aria-label="The secret">
      <p role="status"><strong>This is the only time that the ${words.one} is shown.</strong> Copy it now.</p>
      <p>${copyable(made.secret, `the ${words.one}`)}</p>
      <p class="note">${how(made)}</p>
    </section>
    <p><a href="${at}">To your ${words.one}s</a></p>`;
  return accountPage({ at, title: `A new ${words.one}`, body });
}

/** In its place from then on. */
export function shownPage({ page: at, words }: ShownKind): Page {
  const body = html`<p>
    A new ${words.one} is shown once, and nothing shows it again. If you have not copied it,
    <a href="${at}">revoke it and make another one</a>.
  </p>`;
  return accountPage({ at, title: `A new ${words.one}`, body });
}
