import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type InternalJwk, serviceKey, verifyServiceRequest } from '@artdag/actor-context';
import { testJwks } from './assertions/tokens.ts';
import { answerForAccounts } from './fake-accounts.ts';
import { readAll } from './read-all.ts';

export interface FakeAuth {
  url: string;
  /** Keys registered by POST /internal/auth/assertion-keys. */
  registered: InternalJwk[];
  /** How often the key set was read. */
  readonly jwksReads: number;
  /** Answers to GET /internal/actors/{id}, by id. */
  actors: Map<string, object>;
  /** Answers to GET /internal/sessions/{id}, by id. */
  sessions: Map<string, { actor_id: string; started_at: string }>;
  /** The reason of each id that auth was asked to revoke. */
  revoked: Map<string, string>;
  /** How often ids were to be revoked. */
  readonly revocations: number;
  /** What operators did, for the audit log. */
  notes: object[];
  /** While true everything answers 503. */
  down: boolean;
  close: () => Promise<void>;
}

const KEY_LIFE_MS = 86_400_000;

/**
 * A stand-in for auth's internal routes: publishes the keys of makeAssertionKit and those that services register. With
 * `internalSecret`, registrations must carry the service key that follows from it; `answer` comes first, for what else a test needs of auth.
 */
export async function startFakeAuth(
  o: { internalSecret?: string; answer?: (req: IncomingMessage) => Promise<[number, object] | undefined> } = {},
): Promise<FakeAuth> {
  const state = {
    url: '',
    registered: [] as InternalJwk[],
    jwksReads: 0,
    actors: new Map<string, object>(),
    sessions: new Map<string, { actor_id: string; started_at: string }>(),
    revoked: new Map<string, string>(),
    revocations: 0,
    notes: [] as object[],
    down: false,
  };

  const register = async (req: IncomingMessage): Promise<[number, object]> => {
    const body = await readAll(req);
    if (o.internalSecret !== undefined) checkServiceKey(o.internalSecret, req, body);
    const { service, kid, jwk } = JSON.parse(body.toString()) as { service: string; kid: string; jwk: InternalJwk };
    const not_after = new Date(Date.now() + KEY_LIFE_MS).toISOString();
    state.registered = [...state.registered.filter((key) => key.kid !== kid), { ...jwk, kid, service, not_after }];
    return [201, { kid, not_after }];
  };

  const answer = async (req: IncomingMessage): Promise<[number, object]> => {
    if (state.down) return [503, { detail: 'down', code: 'dependency_unavailable' }];
    const special = await o.answer?.(req);
    if (special !== undefined) return special;
    const route = `${req.method} ${req.url}`;
    if (route === 'POST /internal/auth/assertion-keys') return register(req);
    if (route === 'GET /internal/auth/jwks') {
      state.jwksReads += 1;
      return [200, { keys: [...testJwks(), ...state.registered] }];
    }
    const accounts = await answerForAccounts(state, req);
    if (accounts !== undefined) return accounts;
    const actor = state.actors.get(decodeURIComponent(route.replace('GET /internal/actors/', '')));
    return actor === undefined ? [404, { detail: 'Not Found', code: 'not_found' }] : [200, actor];
  };

  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    void answer(req)
      .catch((error: unknown): [number, object] => [401, { detail: String(error), code: 'unauthorized' }])
      .then(([status, body]) =>
        res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return Object.assign(state, { close });
}

function checkServiceKey(secret: string, req: IncomingMessage, body: Buffer): void {
  verifyServiceRequest({
    header: req.headers.authorization,
    method: req.method ?? '',
    path: req.url ?? '',
    body,
    now: new Date(),
    keyOf: (service) => serviceKey(secret, service),
  });
}
