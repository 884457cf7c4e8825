import type { Request, RequestHandler } from 'express';
import { segment } from '../../gateway/with-query.ts';
import { html } from '../../html/html.ts';
import { csrfField } from '../../html/page.ts';
import { doneNotice } from '../done.ts';
import { seeOther } from '../finish-form.ts';
import { endingForm, within } from '../ending/ending.route.ts';
import { meOf } from '../me.ts';
import { ownFormRoute, type FormPage, type OwnDeps } from '../own-form.route.ts';
import { refusalBy } from '../refusal.ts';
import { mintWords, readWish, whatIsMissing } from './mint-form.ts';
import { madePage, mintingPage, shownPage, type MintingPage } from './minting.page.ts';
import type { SecretKind, ShownKind } from './secret-kind.ts';
import type { ShownOnce } from './shown-once.ts';

export interface MintingDeps extends OwnDeps {
  shownOnce: ShownOnce;
}

/** One's secrets of a kind, and the form that makes one. It leads to the only page that shows the secret: loading that again makes no other one. */
export function mintingForm<One extends { id: string }>(deps: MintingDeps, kind: SecretKind<One>): FormPage {
  const read = async (req: Request): Promise<Pick<MintingPage<One>, 'list' | 'me' | 'csrf'>> => {
    const [me, list] = await Promise.all([meOf(deps.visitorOf, req), listOf(deps, req, kind)]);
    return { me, list, csrf: csrfField(req) };
  };
  return {
    async show(req, res) {
      const notice = doneNotice(req.query['done']);
      await deps.sendPage(req, res, 200, mintingPage(kind, { ...(await read(req)), notice }));
    },
    send: ownFormRoute(deps, kind.page, async ({ req, res, form, ask }) => {
      const wish = readWish(kind.form, form);
      let refusal = whatIsMissing(kind.form, wish);
      if (refusal === undefined) {
        const answer = await ask({ path: kind.api, body: kind.form.body(wish) });
        if (answer.status === 201) {
          const made = kind.made.parse(answer.body);
          if (deps.shownOnce.put(req, res, madePath(kind), made)) return seeOther(res, madePath(kind));
          return deps.sendPage(req, res, 201, madePage(kind, made));
        }
        refusal = refusalBy(mintWords(kind.form), answer);
      }
      await deps.sendPage(req, res, refusal.status, mintingPage(kind, { ...(await read(req)), wish, refusal }));
    }),
  };
}

/** Where a new one is shown. */
export function madePath({ page }: ShownKind): string {
  return `${page}/made`;
}

/** `GET /account/{kind}/made` → the new secret, once; then 410, and what to do. */
export function madeRoute(deps: MintingDeps, kind: ShownKind): RequestHandler {
  return async (req, res) => {
    await meOf(deps.visitorOf, req);
    const made = deps.shownOnce.take(req, res, madePath(kind));
    await deps.sendPage(
      req,
      res,
      made === undefined ? 410 : 200,
      made === undefined ? shownPage(kind) : madePage(kind, made),
    );
  };
}

/** Asks before one of them is revoked. */
export function revokeForm<One extends { id: string }>(deps: OwnDeps, kind: SecretKind<One>): FormPage {
  const { page, api, about, words, isLive } = kind;
  const title = `Revoke this ${words.one}?`;
  return endingForm(deps, {
    ...{ ...within(page), path: `${page}/revoke`, title, button: 'Revoke it', done: words.revoked },
    async find(req, id) {
      const found = (await listOf(deps, req, kind)).find((one) => one.id === id && isLive(one));
      return (
        found &&
        html`<p>${about(found)}</p>
          <p>Programs that have it are refused from now on. It cannot be undone.</p>`
      );
    },
    target: (_req, id) => `${api}/${segment(id)}`,
  });
}

function listOf<One extends { id: string }>({ readApi }: OwnDeps, req: Request, { api, list }: SecretKind<One>) {
  return readApi(req, api, list, { as: 'visitor' });
}
