import { jsonBody, validate } from '@artdag/service-kit';
import { Router } from 'express';
import { z } from 'zod';
import { allowHost, blockHost, removeRule, type RuleDeps } from '../blocked-hosts/change-rules.ts';
import { viewRules } from '../blocked-hosts/view-rules.ts';
import type { FederationMode } from '../blocked-hosts/refuse-blocked.ts';
import { replay, viewParked } from '../inbox/replay.ts';
import { retryDeliveries, viewDeliveries, viewHosts, type OperateDeps } from './operate.ts';

export interface OperatingDeps extends RuleDeps, OperateDeps {
  mode: FederationMode;
}

const maxBytes = 16 * 1024;
const host = z.string().min(1).max(300);
const limit = z.int().min(1).max(1000).default(100);
const ruleSchema = z.object({ host, reason: z.string().max(500).nullable().default(null) });
const hostsSchema = z.object({ host: host.optional(), troubled: z.boolean().default(false), limit });
const deliveriesSchema = z.object({
  state: z.enum(['pending', 'dead', 'dropped', 'delivered']).default('pending'),
  host: host.optional(),
  actor: z.string().max(1024).optional(),
  after: z.string().max(100).optional(),
  limit,
});
const retrySchema = z
  .object({ id: z.string().max(100).optional(), host: host.optional() })
  .refine(({ id, host: ofHost }) => (id === undefined) !== (ofHost === undefined), 'give either id or host');

const replaySchema = z
  .object({ id: z.string().max(2048).optional(), all: z.literal(true).optional() })
  .refine(({ id, all }) => (id === undefined) !== (all === undefined), 'give either id or all');

/** What `artdag-admin federation` calls, under `/internal/admin/federation`; every call is a POST with a JSON object. */
export function operatingRoutes(deps: OperatingDeps): Router {
  const routes = Router({ caseSensitive: true });
  routes.use(jsonBody({ maxBytes }));
  const on = <S extends z.ZodType>(path: string, schema: S, answer: (body: z.output<S>) => Promise<object>): void => {
    routes.post(path, async (req, res) => void res.json(await answer(validate('body', schema, req.body))));
  };
  on('/hosts', hostsSchema, async (body) => ({ hosts: await viewHosts(deps, body) }));
  on('/deliveries', deliveriesSchema, async (body) => ({ deliveries: await viewDeliveries(deps, body) }));
  on('/retry', retrySchema, (body) => retryDeliveries(deps, body));
  on('/inbox', z.object({ limit }), async (body) => ({ parked: await viewParked(deps.execute, body.limit) }));
  on('/replay', replaySchema, (body) => replay(deps.execute, body));
  on('/rules', z.object({}), async () => ({ mode: deps.mode, ...(await viewRules(deps.execute)) }));
  on('/block', ruleSchema, async (body) => {
    const { isNew, ...blocked } = await blockHost(deps, body.host, body.reason);
    return { ...blocked, is_new: isNew };
  });
  on('/unblock', ruleSchema, async (body) => ({ host: await removeRule(deps, 'blocked', body.host) }));
  on('/allow', ruleSchema, async (body) => {
    const allowed = await allowHost(deps, body.host, body.reason);
    return { host: allowed.host, is_new: allowed.isNew };
  });
  on('/disallow', ruleSchema, async (body) => ({ host: await removeRule(deps, 'allowed', body.host) }));
  return routes;
}
