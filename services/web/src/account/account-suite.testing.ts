import type { RequestListener } from 'node:http';
import { quietLogger } from '@artdag/testing';
import request, { type Test } from 'supertest';
import { apiKey, followingList, me, publicKey, session, token } from './account.testing.ts';
import { anchorList } from '../anchors/anchors.testing.ts';
import { provider } from '../storage/storage.testing.ts';
import { jsonAnswer, startGatewayStandIn, type Asked, type GatewayStandIn } from '../gateway-stand-in.testing.ts';
import { hastyWrites, startWeb } from '../start-web.testing.ts';

export const origin = 'https://l2.example';
export const cookie = 'session_token=secret';

export interface AccountSuite {
  gateway: GatewayStandIn;
  /** A page, as somebody who is logged in. */
  get(path: string): Test;
  /** A form of our own, as somebody who is logged in. */
  send(path: string, fields: object, headers?: Record<string, string>): Test;
  /** The same, by a web that does not wait until the API has changed anything. */
  sendInHaste(path: string, fields: object): Test;
  /** What the API was asked to change. */
  changes(): Pick<Asked, 'method' | 'path'>[];
  /** The body of the last of them. */
  sent(): unknown;
  /** Everything is as it was. */
  reset(): void;
}

/** Web in front of an API that knows one account, `giles`. */
export async function startAccountSuite(): Promise<AccountSuite> {
  const gateway = await startGatewayStandIn();
  const logger = quietLogger();
  const web = await startWeb({ GATEWAY_URL: gateway.url }, { logger });
  const hasty = await startWeb({ GATEWAY_URL: gateway.url, ...hastyWrites }, { logger });
  const changing = (): Asked[] => gateway.asked.filter(({ method }) => method !== 'GET');
  const suite: AccountSuite = {
    gateway,
    get: (path) => request(web.url).get(path).set({ cookie, accept: 'text/html' }),
    send: (path, fields, headers = { cookie, origin }) =>
      request(web.url).post(path).type('form').set(headers).send(fields),
    sendInHaste: (path, fields) => request(hasty.url).post(path).type('form').set({ cookie, origin }).send(fields),
    changes: () => changing().map(({ method, path }) => ({ method, path })),
    sent: () => JSON.parse(changing().at(-1)?.body ?? ''),
    reset() {
      gateway.answer = jsonAnswer({ code: 'not_found' }, 404);
      gateway.asked.length = 0;
      gateway.routes = {
        '/auth/me': jsonAnswer(me),
        '/auth/sessions': jsonAnswer({ sessions: [session, { ...session, id: 'ses_2', current: false }] }),
        '/auth/api-keys': jsonAnswer([apiKey]),
        '/v1/tokens': jsonAnswer({ tokens: [token] }),
        '/api/auth/keys/giles': jsonAnswer({ keys: [publicKey] }),
        '/following?limit=50&offset=0': jsonAnswer(followingList),
        '/anchors?limit=30&offset=0': jsonAnswer(anchorList),
        '/storage/sto_1': jsonAnswer(provider),
        '/storage/sto_1/pins?limit=30': jsonAnswer({ pins: [], next: null }),
      };
    },
  };
  suite.reset();
  return suite;
}

/** Different answers to those who read and those who change. */
export function onChange(gateway: GatewayStandIn, path: string, answer: RequestListener): void {
  const reads = gateway.routes[path] ?? gateway.answer;
  gateway.routes[path] = (req, res) => (req.method === 'GET' ? reads : answer)(req, res);
}
