import { shownText, validate } from '@artdag/service-kit';
import { Router } from 'express';
import { z } from 'zod';
import { addL1, evictFromL1, removeL1, setL1Key, setL1Status, viewL1s, type OperateDeps } from './operate.ts';

const url = z.string().min(1).max(2048);
const name = shownText(100);

/** What `artdag-admin l1` calls, under `/internal/admin/l1`; every call is a POST with a JSON object. */
export function operatingRoutes(deps: OperateDeps): Router {
  const routes = Router({ caseSensitive: true });
  const on = <S extends z.ZodType>(path: string, schema: S, answer: (body: z.output<S>) => Promise<object>): void => {
    routes.post(path, async (req, res) => void res.json(await answer(validate('body', schema, req.body))));
  };
  on('/list', z.object({}), () => viewL1s(deps));
  on('/add', z.object({ url, name: name.nullable().default(null) }), (body) => addL1(deps, body.url, body.name));
  on('/evict', z.object({ url }), (body) => evictFromL1(deps, body.url));
  on('/remove', z.object({ url }), (body) => removeL1(deps, body.url));
  on('/set-status', z.object({ url, status: z.enum(['active', 'draining', 'disabled']) }), (body) =>
    setL1Status(deps, body.url, body.status),
  );
  on('/set-key', z.object({ url, public_key_pem: z.string().max(8192).nullable() }), (body) =>
    setL1Key(deps, body.url, body.public_key_pem),
  );
  return routes;
}
