import { withQuery } from '../../gateway/with-query.ts';
import { html, type Html } from '../../html/html.ts';
import type { Page } from '../../html/page.ts';
import { copyable, empty, time } from '../../html/pieces.ts';
import { accountPage } from '../account.page.ts';
import { endedList } from '../minting/ended-list.ts';
import type { PublicKey } from './public-key.ts';

export interface PublicKeysPage {
  keys: readonly PublicKey[];
  username: string;
  publicUrl: string;
  notice: Html;
}

export function publicKeysPage({ keys, username, publicUrl, notice }: PublicKeysPage): Page {
  const live = keys.filter((key) => key.revoked_at === null);
  const ended = keys.filter((key) => key.revoked_at !== null);
  const body = html`<p>
      With a key of your own, programs sign each request as you, and no password or token travels. Its private half
      never leaves your machine.
    </p>
    ${
      live.length === 0
        ? empty('You have no key of your own here.')
        : html`<ul class="rows">
            ${live.map(liveRow)}
          </ul>`
    }
    ${endedList(ended.map((key) => html`<li>${aboutPublicKey(key)}</li>`))}
    <h2>Add one</h2>
    <p>
      A key is made where it will be used, by <a href="/download/client">the command</a>. The first one is added within
      five minutes of the login.
    </p>
    <pre tabindex="0" role="region" aria-label="Shell commands"><code>${commands(publicUrl, username)}</code></pre>`;
  return accountPage({ at: '/account/keys', title: 'Keys', body, notice });
}

function commands(publicUrl: string, username: string): string {
  return `artdag login --server ${publicUrl} --username ${username}
artdag keys new --out laptop.pem
artdag keys add laptop.pem --label laptop`;
}

function liveRow(key: PublicKey): Html {
  return html`<li>
    ${aboutPublicKey(key)} <a href="${withQuery('/account/keys/revoke', { id: key.key_id })}">Revoke</a>
  </li>`;
}

/** By what its owner knows a key again. */
export function aboutPublicKey(key: PublicKey): Html {
  const used = key.last_used_at === null ? 'never used' : html`last used ${time(key.last_used_at)}`;
  const end = key.expires_at === null ? '' : html`, until ${time(key.expires_at)}`;
  const revoked = key.revoked_at === null ? '' : html`, revoked ${time(key.revoked_at)}`;
  return html`<span
    ><strong>${key.label ?? 'A key without a name'}</strong> <span class="note">${key.algorithm}</span><br />${copyable(
      key.fingerprint,
      'the fingerprint',
    )}<br /><span class="note">added ${time(key.created_at)}${end}${revoked}, ${used}</span></span
  >`;
}
