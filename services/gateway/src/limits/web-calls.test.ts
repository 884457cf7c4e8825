import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeAssertionKit, quietLogger } from '@artdag/testing';
import { type Harness, valuesOf } from '../harness.testing.ts';
import type { RawAnswer } from '../raw-http.testing.ts';
import { of, send, startLimited, statuses } from './limited-gateway.testing.ts';

const kit = makeAssertionKit('gateway');
let gateway: Harness;
let keyReads: number;

beforeEach(async () => {
  gateway = await startLimited({ anonymous: 3, session: 2 }, { logger: quietLogger() });
  keyReads = 0;
  const echo = gateway.respond;
  gateway.respond = (request, response) => {
    if (request.url !== '/internal/auth/jwks') return echo(request, response);
    keyReads += 1;
    void kit.verifierOptions.loadKeys?.().then((keys) => response.end(JSON.stringify({ keys })));
  };
});
afterEach(() => gateway.close());

const by = (assertion: string, visitor = '192.0.2.1'): string[] => [
  `X-Actor-Assertion: ${assertion}`,
  `X-Forwarded-For: ${visitor}`,
];
const look = (lines: string[]) => (): Promise<RawAnswer> => send(gateway, '/assets', lines);
const login = (lines: string[]) => (): Promise<RawAnswer> => send(gateway, '/auth/login', lines, 'POST');

describe('calls of web for a visitor', () => {
  it('count as no request of anybody', async () => {
    expect(await statuses(20, look(by(kit.service('web'))))).toEqual(of(20, 200));
    expect(keyReads).toBe(1);
  });

  it('count where they create a session, under the visitor’s address', async () => {
    const web = kit.service('web');
    expect(await statuses(3, login(by(web, '192.0.2.1')))).toEqual([200, 200, 429]);
    expect(await statuses(3, login(by(web, '192.0.2.2')))).toEqual([200, 200, 429]);
    expect(await statuses(3, login([]))).toEqual([200, 200, 429]);
  });

  it('reach the service with the visitor’s address and without web’s name', async () => {
    await login(by(kit.service('web')))();
    const rawHeaders = gateway.seen.at(-1)?.rawHeaders ?? [];
    expect(valuesOf(rawHeaders, 'x-forwarded-for')).toEqual(['192.0.2.1']);
    expect(valuesOf(rawHeaders, 'x-actor-assertion')).toEqual([]);
  });
});

/** As web's own assertion reads, but signed by another. */
const likeWeb = { actor_id: 'service:web', actor_type: 'service', method: 'service', token_use: 'service' } as const;
/** web's own key is the one that may say so; what it may not is speak for others. */
const byWebsKey = 'an actor signed by a service';
const forgeries = [
  ...kit.forgeries(likeWeb).filter(([wrong]) => wrong !== byWebsKey),
  ...kit.forgeries().filter(([wrong]) => wrong === byWebsKey),
];

describe('an assertion that is not web’s', () => {
  it.each([
    ['another service’s', () => kit.service('federation')],
    ['an actor’s', () => kit.actor()],
    ['an actor’s that is called like web', () => kit.actor({ actor_id: 'service:web', actor_type: 'service' })],
    ['made for another service', () => makeAssertionKit('auth').service('web')],
    ['no token', () => 'x'],
    ...forgeries.map(([wrong, token]): [string, () => string] => [wrong, () => token]),
  ])('is ignored: %s', async (_, make) => {
    const assertion = make();
    const visitors = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'];
    const all = [];
    for (const visitor of visitors) all.push((await look(by(assertion, visitor))()).status);
    expect(all).toEqual([200, 200, 200, 429]);
  });

  it('does not cost a read of the keys each time', async () => {
    const [head, ...rest] = kit.service('web').split('.');
    const header = JSON.parse(Buffer.from(head ?? '', 'base64url').toString()) as object;
    const forge = (kid: string): string =>
      [Buffer.from(JSON.stringify({ ...header, kid })).toString('base64url'), ...rest].join('.');
    const began = performance.now();
    await Promise.all(Array.from({ length: 40 }, (_, n) => look(by(forge(`made-up-${n}`)))()));
    // 200 ms apart at least.
    expect(keyReads).toBeLessThanOrEqual(2 + Math.ceil((performance.now() - began) / 200));
  });
});
