import { makeRingKey, type RingKey } from '@artdag/testing';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the gateway asks of auth, in memory. Everything else is answered by `otherwise`. */
export interface AuthStandIn {
  url: string;
  /** Its key ring: the JWKS shows all of them. */
  ring: RingKey[];
  /** Answers to introspection, by session token or API key. */
  sessions: Map<string, object>;
  /** Reasons by id: what auth says has been taken back. */
  revoked: Map<string, string>;
  /** The ids of every question about what has been taken back. */
  statusQuestions: string[][];
  /** Ids that were reported as used. */
  used: string[];
  jwksReads: number;
  introspections: number;
  /** While true, what the gateway itself asks is answered with 503. */
  down: boolean;
  close(): Promise<void>;
}

export async function startAuthStandIn(otherwise: RequestListener): Promise<AuthStandIn> {
  const state = {
    url: '',
    ring: [makeRingKey('ring-1')],
    sessions: new Map<string, object>(),
    revoked: new Map<string, string>(),
    statusQuestions: [] as string[][],
    used: [] as string[],
    jwksReads: 0,
    introspections: 0,
    down: false,
  };

  async function answer(request: IncomingMessage): Promise<[number, object] | undefined> {
    const route = `${request.method} ${request.url}`;
    if (state.down && /^\/(internal|\.well-known)\//.test(request.url ?? ''))
      return [503, { code: 'dependency_unavailable', detail: 'down' }];
    switch (route) {
      case 'POST /internal/auth/assertion-keys':
        return [201, {}];
      case 'GET /.well-known/jwks.json':
        if (request.headers['x-forwarded-for'] !== undefined) return undefined;
        state.jwksReads += 1;
        return [200, { keys: state.ring.map((key) => key.jwk) }];
      case 'POST /internal/auth/introspect': {
        state.introspections += 1;
        const asked = JSON.parse(await readText(request)) as { token?: string; api_key?: string };
        const answer = state.sessions.get(asked.token ?? asked.api_key ?? '');
        const isKey = answer !== undefined && 'method' in answer && answer.method === 'api_key';
        return [200, answer !== undefined && isKey === (asked.api_key !== undefined) ? answer : { active: false }];
      }
      case 'POST /internal/auth/tokens/status': {
        const { ids } = JSON.parse(await readText(request)) as { ids: string[] };
        state.statusQuestions.push(ids);
        return [200, { revoked: Object.fromEntries([...state.revoked].filter(([id]) => ids.includes(id))) }];
      }
      case 'POST /internal/auth/used': {
        state.used.push(...(JSON.parse(await readText(request)) as { ids: string[] }).ids);
        return [204, {}];
      }
      default:
        return undefined;
    }
  }

  const server = createServer((request, response) => {
    void answer(request).then((made) => {
      if (!made) otherwise(request, response);
      else if (made[0] === 204) response.writeHead(204).end();
      else response.writeHead(made[0], { 'content-type': 'application/json' }).end(JSON.stringify(made[1]));
    });
  });
  state.url = await listenOnLoopback(server);
  return Object.assign(state, { close: () => closeServer(server) });
}

export async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

export async function listenOnLoopback(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
