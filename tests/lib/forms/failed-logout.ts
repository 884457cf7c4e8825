import { quietLogger } from '@artdag/testing';
import {
  jsonAnswer,
  serverInfo,
  startGatewayStandIn,
  type GatewayStandIn,
} from '../../../services/web/src/gateway-stand-in.testing.ts';
import { startWeb } from '../../../services/web/src/start-web.testing.ts';
import { reservePorts } from '../l1/l1.ts';
import type { Walk } from './walk.ts';

export interface FailingSite {
  /** The origin of its pages. */
  url: string;
  /** What its pages ask. */
  api: GatewayStandIn;
}

/** Pages before an API that is logged in to and cannot log out; both end with the test file. */
export async function startFailingSite(): Promise<FailingSite> {
  const api = await startGatewayStandIn();
  const [port = 0] = (await reservePorts(1)).ports;
  const site = { PORT: String(port), ARTDAG_DOMAIN: `localhost:${port}`, PUBLIC_SCHEME: 'http' };
  await startWeb({ GATEWAY_URL: api.url, ...site }, { logger: quietLogger() });
  api.routes = { '/': jsonAnswer(serverInfo), '/auth/me': jsonAnswer({ username: 'ada' }) };
  api.answer = jsonAnswer({ code: 'dependency_unavailable' }, 503);
  return { url: `http://localhost:${port}`, api };
}

/** Who wants to leave is told that they have not left, and leaves by the button that they get. */
export async function failedLogout(walk: Walk, { url, api }: FailingSite): Promise<void> {
  await walk.page.context().addCookies([{ name: 'session_token', value: 'secret', url }]);
  await walk.open('/login');
  const failed = { leadsTo: '/logout', status: 503, says: 'The logout did not work. Try again in a moment.' };
  await walk.send({ ...failed, press: 'Log out', within: 'header' });
  await walk.send({ ...failed, press: 'Log out' });
  const cookie = 'session_token=; Path=/; Max-Age=0';
  api.routes['/auth/logout'] = jsonAnswer({}, 200, { 'set-cookie': cookie });
  api.routes['/auth/me'] = jsonAnswer({ code: 'unauthorized' }, 401);
  await walk.send({ press: 'Log out', leadsTo: '/' });
}
