import type { Request, RequestHandler } from 'express';
import { segment } from '../../gateway/with-query.ts';
import { html } from '../../html/html.ts';
import { doneNotice } from '../done.ts';
import { endingForm, within } from '../ending/ending.route.ts';
import { meOf } from '../me.ts';
import type { FormPage, OwnDeps } from '../own-form.route.ts';
import { publicKeyListSchema, type PublicKey } from './public-key.ts';
import { aboutPublicKey, publicKeysPage } from './public-keys.page.ts';

const at = '/account/keys';

/** `GET /account/keys` → one's public keys, and how to add one. */
export function publicKeysRoute(deps: OwnDeps & { publicUrl: string }): RequestHandler {
  const { publicUrl } = deps;
  return async (req, res) => {
    const { keys, username } = await keysOf(deps, req);
    const notice = doneNotice(req.query['done']);
    await deps.sendPage(req, res, 200, publicKeysPage({ keys, username, publicUrl, notice }));
  };
}

export function revokePublicKeyForm(deps: OwnDeps): FormPage {
  return endingForm(deps, {
    ...{ ...within(at), path: `${at}/revoke`, title: 'Revoke this key?', button: 'Revoke it', done: 'key-revoked' },
    async find(req, id) {
      const { keys } = await keysOf(deps, req);
      const live = keys.filter((key) => key.revoked_at === null);
      const key = live.find((one) => one.key_id === id);
      return (
        key &&
        html`<p>${aboutPublicKey(key)}</p>
          <p>
            No signature of it is taken from now on, and it can never be added again.
            ${live.length === 1 ? 'It is your last key: nothing can sign for you until you add another.' : ''}
          </p>`
      );
    },
    target: async (req, id) => `${await keysPath(deps, req)}/${segment(id)}`,
  });
}

async function keysOf(deps: OwnDeps, req: Request): Promise<{ keys: PublicKey[]; username: string }> {
  const { username } = await meOf(deps.visitorOf, req);
  const { keys } = await deps.readApi(req, await keysPath(deps, req), publicKeyListSchema, { as: 'visitor' });
  return { keys, username };
}

async function keysPath({ visitorOf }: OwnDeps, req: Request): Promise<string> {
  return `/api/auth/keys/${segment((await meOf(visitorOf, req)).username)}`;
}
