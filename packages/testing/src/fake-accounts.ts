import type { IncomingMessage } from 'node:http';
import { readAll } from './read-all.ts';

/** What the stand-in for auth keeps of accounts. */
export interface FakeAccounts {
  actors: Map<string, object>;
  sessions: Map<string, { actor_id: string; started_at: string }>;
  revoked: Map<string, string>;
  revocations: number;
  notes: object[];
}

interface FakeActor {
  actor_id: string;
  username: string;
  status?: string;
  version?: number;
  ref?: string;
}

/** The internal routes by which identity makes and ends actors; undefined for another route. */
export async function answerForAccounts(
  state: FakeAccounts,
  req: IncomingMessage,
): Promise<[number, object] | undefined> {
  const route = `${req.method} ${decodeURIComponent(req.url ?? '')}`;
  if (route === 'POST /internal/actors') return createActor(state, await readJson(req));
  if (route === 'POST /internal/admin/notes') {
    state.notes.push(await readJson(req));
    return [204, {}];
  }
  if (route === 'POST /internal/orgs') return createOrg(state, await readJson(req));
  const [, org, member] = /^GET \/internal\/orgs\/([^/]+)\/members\/([^/]+)$/.exec(route) ?? [];
  if (org !== undefined) return found(membership(state, org, member));
  if (route === 'POST /internal/auth/tokens/revoke') return revoke(state, await readJson(req));
  const [, method, id, verb] = /^(GET|POST|PATCH) \/internal\/(?:actors|sessions)\/([^/]+)(\/end)?$/.exec(route) ?? [];
  if (id?.startsWith('ses_') && method === 'GET') return found(state.sessions.get(id));
  if (id === undefined || (verb === undefined && method !== 'PATCH')) return undefined;
  const actor = state.actors.get(id);
  if (actor === undefined) return found(undefined);
  const { status, display_name } = await readJson(req);
  const version = ((actor as FakeActor).version ?? 1) + 1;
  state.actors.set(id, { ...actor, version, ...(verb === undefined ? { display_name } : { status }) });
  if (verb !== undefined) state.revoked.set(id, String(status));
  return [200, state.actors.get(id) ?? {}];
}

function found(answer: object | undefined): [number, object] {
  return answer === undefined ? [404, { detail: 'Not Found', code: 'not_found' }] : [200, answer];
}

const taken: [number, object] = [409, { detail: 'The name is taken; choose another one.', code: 'handle_taken' }];

const reserved: [number, object] = [422, { detail: 'The handle admin is reserved.', code: 'invalid_handle' }];

function createActor(state: FakeAccounts, body: Record<string, unknown>): [number, object] {
  const actors = [...state.actors.values()] as FakeActor[];
  const known = actors.find(({ ref }) => ref !== undefined && ref === body['ref']);
  if (known !== undefined) return [200, known];
  if (body['handle'] === 'admin') return reserved;
  if (actors.some(({ username }) => username === body['handle'])) return taken;
  const { ref, actor_type, handle, display_name, owner_actor_id } = body;
  const actor_id = `${actor_type === 'agent' ? 'agent' : 'user'}:${String(handle)}`;
  const actor = {
    ...{ actor_id, actor_type, ref, username: handle, handle, display_name: display_name ?? handle, owner_actor_id },
    ...{
      status: 'active',
      version: 1,
      microdao_ids: [],
      roles: actor_type === 'agent' ? ['agent'] : ['member'],
      org_id: null,
    },
  };
  state.actors.set(actor_id, actor);
  return [201, actor];
}

function createOrg(state: FakeAccounts, body: Record<string, unknown>): [number, object] {
  if (body['slug'] === 'admin') return reserved;
  const id = `org_${String(body['slug'])}`;
  const known = state.actors.get(id) as { owner: unknown } | undefined;
  if (known !== undefined && known.owner !== body['owner_actor_id']) return taken;
  if ([...state.actors.values()].some((actor) => (actor as FakeActor).username === body['slug'])) return taken;
  state.actors.set(id, { owner: body['owner_actor_id'] });
  return [known === undefined ? 201 : 200, { id, public_id: `microdao:${String(body['slug'])}`, name: body['name'] }];
}

function membership(state: FakeAccounts, org: string, member: string | undefined): object | undefined {
  const known = state.actors.get(org) as { owner: unknown } | undefined;
  return known?.owner === member && member !== undefined ? { org_id: org, actor_id: member, role: 'owner' } : undefined;
}

function revoke(state: FakeAccounts, body: Record<string, unknown>): [number, object] {
  const ids = body['ids'] as { id: string; reason: string }[];
  state.revocations += 1;
  for (const { id, reason } of ids) state.revoked.set(id, reason);
  return [200, { revoked: ids.length }];
}

async function readJson(req: IncomingMessage): Promise<Record<string, unknown>> {
  return JSON.parse((await readAll(req)).toString() || '{}') as Record<string, unknown>;
}
