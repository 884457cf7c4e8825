import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { doneAt } from '../account/done.ts';
import { endingForm } from '../account/ending/ending.route.ts';
import { seeOther } from '../account/finish-form.ts';
import { formPage } from '../account/form-page.ts';
import { ownFormRoute, type FormPage, type OwnDeps } from '../account/own-form.route.ts';
import { refusalBy, type Words } from '../account/refusal.ts';
import { segment } from '../gateway/with-query.ts';
import { html } from '../html/html.ts';
import { counted } from '../html/pieces.ts';
import { deedOf } from './provider-deeds.ts';
import { sendProvider } from './storage.route.ts';
import { providerSchema, storagePath } from './storage.ts';

/** `POST /storage/ui` (form `id`, `do`): tests a provider, has its copies looked at, switches it on or off; then leads to its page. */
export function providerDeedRoute(deps: OwnDeps): RequestHandler {
  const idOf = (form: URLSearchParams): string => form.get('id') ?? '';
  return ownFormRoute(
    deps,
    (form) => storagePath(idOf(form)),
    async ({ req, res, form, ask }) => {
      const deed = deedOf(form.get('do'));
      if (deed === undefined) throw new AppError('bad_request', 400, 'This page has no such button.');
      const id = idOf(form);
      const answer = await ask(deed.call(`/storage/${segment(id)}`));
      if (answer.status >= 200 && answer.status < 300) return seeOther(res, doneAt(storagePath(id), deed.done));
      if (answer.status === 404) throw new AppError('not_found', 404, 'You have no such storage provider.');
      await sendProvider(deps, req, res, id, { refusal: refusalBy(words, answer) });
    },
  );
}

const words: Words = {
  codes: { storage_inactive: 'It is switched off, so its copies are not looked at. Switch it on first.' },
  otherwise: 'That did not work.',
};

/** `/storage/ui/remove?id`: asks, then forgets a provider with what is recorded of copies there. */
export function removeProviderForm(deps: OwnDeps): FormPage {
  return endingForm(deps, {
    ...{ at: '/storage', frame: formPage, path: '/storage/ui/remove', title: 'Remove this storage provider?' },
    ...{ button: 'Remove it', done: 'provider-removed' },
    async find(req, id) {
      const provider = await deps.readApi(req, `/storage/${segment(id)}`, providerSchema, { as: 'visitor' });
      return html`<p><strong>${provider.provider_name}</strong></p>
        <p>
          Its credentials are forgotten here, and so is what is recorded of
          ${counted(provider.pins.total, 'copy', 'copies')} there, with their history. The copies stay where they are.
        </p>`;
    },
    target: (_req, id) => `/storage/${segment(id)}?force=true`,
  });
}
