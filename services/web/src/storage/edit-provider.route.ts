import type { Request } from 'express';
import { doneAt } from '../account/done.ts';
import { seeOther } from '../account/finish-form.ts';
import { ownFormRoute, type FormPage, type OwnDeps } from '../account/own-form.route.ts';
import { formPage } from '../account/form-page.ts';
import type { Refusal } from '../account/refusal.ts';
import { segment, textOf, withQuery } from '../gateway/with-query.ts';
import { html } from '../html/html.ts';
import { csrfField, type Page } from '../html/page.ts';
import {
  capacityOf,
  providerFields,
  providerRefusal,
  readProvider,
  wrongCapacity,
  type TypedProvider,
} from './provider-form.ts';
import { providerKind, type ProviderKind } from './provider-kinds.ts';
import { providerSchema, storagePath, type Provider } from './storage.ts';

const page = '/storage/ui/edit';

/** `/storage/ui/edit?id`: what a provider is called and reached with. Secrets that are left empty stay, unless they can be done without and are to be forgotten. */
export function editProviderForm(deps: OwnDeps): FormPage {
  return {
    async show(req, res) {
      void deps.visitorOf(req);
      const provider = await providerOf(deps, req, textOf(req.query['id']) ?? '');
      await deps.sendPage(req, res, 200, editPage(req, provider, typedOf(provider)));
    },
    send: ownFormRoute(
      deps,
      (form) => withQuery(page, { id: form.get('id') ?? '' }),
      async ({ req, res, form, ask }) => {
        const provider = await providerOf(deps, req, form.get('id') ?? '');
        const kind = kindOf(provider);
        const typed = readProvider(kind, form);
        const capacity = capacityOf(typed);
        let refusal = wrongCapacity;
        if (capacity !== undefined) {
          const plain = Object.entries(typed.config).map(([name, value]) => [name, value === '' ? null : value]);
          const config = { ...Object.fromEntries(plain), ...forgotten(kind, typed), ...typed.secrets };
          const body = { provider_name: typed.name, capacity_gb: capacity, config };
          const answer = await ask({ method: 'PATCH', path: `/storage/${segment(provider.id)}`, body });
          if (answer.status === 200) return seeOther(res, doneAt(storagePath(provider.id), 'provider-saved'));
          refusal = providerRefusal(kind, answer);
        }
        await deps.sendPage(req, res, refusal.status, editPage(req, provider, typed, refusal));
      },
    ),
  };
}

function providerOf({ readApi }: OwnDeps, req: Request, id: string): Promise<Provider> {
  return readApi(req, `/storage/${segment(id)}`, providerSchema, { as: 'visitor' });
}

/** One of a kind that this page does not know has a name and a size all the same. */
function kindOf({ provider_type: type }: Provider): ProviderKind {
  return providerKind(type) ?? { type, label: type, about: '', fields: [] };
}

/** The API forgets what is null. */
function forgotten({ fields }: ProviderKind, { forgotten: names = [] }: TypedProvider): Record<string, null> {
  const some = fields.filter(({ name, isSecret, optional }) => isSecret && optional && names.includes(name));
  return Object.fromEntries(some.map(({ name }) => [name, null]));
}

function typedOf({ provider_name: name, capacity_gb: capacity, config }: Provider): TypedProvider {
  return { name, capacity: capacity === null ? '' : String(capacity), config: config ?? {} };
}

function editPage(req: Request, provider: Provider, typed: TypedProvider, refusal?: Refusal): Page {
  const kind = kindOf(provider);
  const form = { kind, typed, masks: provider.config ?? {}, refusal };
  const secrets = new Set(kind.fields.filter(({ isSecret }) => isSecret).map(({ name }) => name));
  const masks = Object.fromEntries(Object.entries(form.masks).filter(([name]) => secrets.has(name)));
  const body = html`<form class="stack" method="post" action="${page}">
      ${csrfField(req)}<input type="hidden" name="id" value="${provider.id}" />
      ${providerFields({ ...form, masks })}
      <p><button>Save</button></p>
    </form>
    <p><a href="${storagePath(provider.id)}">Back to ${provider.provider_name}</a></p>`;
  return formPage({ title: `Edit storage: ${kind.label}`, body, refusal });
}
