import type { Request } from 'express';
import { z } from 'zod';
import { doneAt } from '../account/done.ts';
import { seeOther } from '../account/finish-form.ts';
import { meOf } from '../account/me.ts';
import { ownFormRoute, type FormPage, type OwnDeps } from '../account/own-form.route.ts';
import { textOf, withQuery } from '../gateway/with-query.ts';
import { csrfField } from '../html/page.ts';
import { addProviderPage, chooseKindPage } from './add-provider.page.ts';
import { capacityOf, providerRefusal, readProvider, wrongCapacity } from './provider-form.ts';
import { providerKind, providerKinds, type ProviderKind } from './provider-kinds.ts';
import { storagePath } from './storage.ts';

const page = '/storage/ui/add';
const madeSchema = z.object({ id: z.string() });

/** `/storage/ui/add?type`: the kinds of providers, or the form of one. */
export function addProviderForm(deps: OwnDeps): FormPage {
  return {
    async show(req, res) {
      const kind = providerKind(textOf(req.query['type']));
      const kinds = await kindsFor(deps, req);
      const typed = { name: '', capacity: '', config: {} };
      const shown = kind === undefined ? chooseKindPage(kinds) : addProviderPage({ kind, typed, csrf: csrfField(req) });
      await deps.sendPage(req, res, 200, shown);
    },
    send: ownFormRoute(
      deps,
      (form) => withQuery(page, { type: form.get('type') ?? undefined }),
      async ({ req, res, form, ask }) => {
        const kind = providerKind(form.get('type') ?? undefined);
        if (kind === undefined) return seeOther(res, page);
        const typed = readProvider(kind, form);
        const capacity = capacityOf(typed);
        let refusal = wrongCapacity;
        if (capacity !== undefined) {
          const given = { ...typed.config, ...typed.secrets };
          const config = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
          const name = typed.name === '' ? null : typed.name;
          const body = { provider_type: kind.type, provider_name: name, capacity_gb: capacity, config };
          const answer = await ask({ path: '/storage', body });
          if (answer.status === 201)
            return seeOther(res, doneAt(storagePath(madeSchema.parse(answer.body).id), 'provider-added'));
          refusal = providerRefusal(kind, answer);
        }
        const shown = addProviderPage({ kind, typed, csrf: csrfField(req), refusal });
        await deps.sendPage(req, res, refusal.status, shown);
      },
    ),
  };
}

async function kindsFor({ visitorOf }: OwnDeps, req: Request): Promise<ProviderKind[]> {
  const { is_sysadmin: isSysadmin } = await meOf(visitorOf, req);
  return providerKinds.filter(({ isLocal }) => isLocal !== true || isSysadmin);
}
