import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { csrfTokenOf, type Service } from '@artdag/service-kit';
import { quietLogger } from '@artdag/testing';
import request from 'supertest';
import { jsonAnswer, startGatewayStandIn, type GatewayStandIn } from '../gateway-stand-in.testing.ts';
import { expectHarmless } from '../hostile.testing.ts';
import { hastyReads, startWeb } from '../start-web.testing.ts';

let gateway: GatewayStandIn;
let web: { url: string; service: Service };
/** Waits for nobody. */
let hasty: { url: string; service: Service };

beforeAll(async () => {
  gateway = await startGatewayStandIn();
  web = await startWeb({ GATEWAY_URL: gateway.url }, { logger: quietLogger() });
  hasty = await startWeb({ GATEWAY_URL: gateway.url, ...hastyReads }, { logger: quietLogger() });
});
beforeEach(() => {
  gateway.asked.length = 0;
  gateway.routes = { '/auth/me': jsonAnswer({ username: 'giles' }) };
});

const cookie = 'session_token=secret';
const renderer = (o: object = {}) => ({
  ...{ l1_server: 'https://render.example', name: null, status: 'active', attached: false, verified_at: null },
  ...o,
});
const listed = (...renderers: unknown[]): void => {
  gateway.routes['/renderers'] = jsonAnswer({ renderers });
};
const unanswered = (): undefined => undefined;
const page = (url = web.url) => request(url).get('/renderers').set({ accept: 'text/html', cookie });

/** What one can do: `attach https://render.example`. */
const formsOf = (text: string): string[] =>
  [...text.matchAll(/action="\/renderers\/(\w+)">.*?name="l1_server" value="([^"]*)"/gs)].map(
    ([, action, server]) => `${action} ${server}`,
  );
const formAction = (policy: unknown): string => /form-action ([^;]*)/.exec(String(policy))?.[1] ?? '';

describe('GET /renderers', () => {
  it.each([
    [{}, ['attach https://render.example'], 'not attached'],
    [{ attached: true }, ['attach https://render.example', 'detach https://render.example'], 'attached'],
    [{ status: 'draining' }, [], 'not attached; takes nobody new at the moment'],
    [{ status: 'draining', attached: true }, ['detach https://render.example'], 'takes nobody new at the moment'],
    [{ status: 'disabled', attached: true }, ['detach https://render.example'], 'attached; switched off'],
  ])('shows a server that is %j with what one can do there', async (o, forms, state) => {
    listed(renderer(o));
    const { text } = await page().expect(200).expect('cache-control', 'no-store');
    expect(formsOf(text)).toEqual(forms);
    expect(text).toContain(`https://render.example · `);
    expect(text).toContain(state);
    for (const _ of forms) expect(text).toContain(`name="_csrf" value="${csrfTokenOf('secret')}"`);
  });

  it.each([
    ['l1_draining', 'takes nobody new at the moment'],
    ['l1_not_authorized', 'is not here any more, or is switched off'],
    ['<b>', 'That did not work.'],
  ])('says why a form was refused: %s', async (refused, says) => {
    listed(renderer());
    const { text } = await page().query({ refused }).expect(200);
    expect(text).toMatch(new RegExp(`<p class="error" role="alert">[^<]*${says}`));
    expect(text).toContain('<title>Error: Renderers');
  });

  it('escapes what operators have said', async () => {
    listed(renderer({ name: '<script>alert(1)</script>', l1_server: 'https://render.example/"><b>' }));
    const { text } = await page().expect(200);
    expectHarmless(text);
    expect(text).not.toMatch(/<script>|<b>/);
  });

  it('lets its forms lead to the servers that take somebody, and to no others', async () => {
    listed(
      renderer({ l1_server: 'https://one.example/studio' }),
      renderer({ l1_server: 'https://one.example' }),
      renderer({ l1_server: 'http://localhost:8100' }),
      renderer({ l1_server: 'https://draining.example', status: 'draining', attached: true }),
      renderer({ l1_server: "https://x;script-src'unsafe-inline'" }),
    );
    const { headers } = await page().expect(200);
    const policy = headers['content-security-policy'];
    expect(formAction(policy)).toBe("'self' https://one.example http://localhost:8100");
    const { headers: elsewhere } = await request(web.url).get('/login');
    expect(elsewhere['content-security-policy']).toBe(policy?.replace(/form-action [^;]*/, "form-action 'self'"));
  });

  it('has a short policy however many servers there are: that of a page names those of the page', async () => {
    const names = Array.from({ length: 45 }, (_, n) => `https://${n}-${'long'.repeat(14)}.example`);
    listed(...names.map((l1_server) => renderer({ l1_server })));
    const shown: string[] = [];
    let at: string | undefined = '/renderers';
    while (at !== undefined) {
      const answer: request.Response = await request(web.url).get(at).set({ accept: 'text/html', cookie }).expect(200);
      const { text, headers } = answer;
      const servers = formsOf(text).map((form) => form.replace('attach ', ''));
      const policy = headers['content-security-policy'];
      expect(formAction(policy)).toBe(["'self'", ...servers].join(' '));
      expect(policy?.length).toBeLessThan(4096);
      expect(servers.length).toBeLessThanOrEqual(20);
      shown.push(...servers);
      at = /rel="next" href="([^"]+)"/.exec(text)?.[1];
    }
    expect(shown).toEqual(names);
  });

  it.each([
    ['-1', 20],
    ['x', 20],
    ['40', 5],
    ['45', 0],
    ['999999', 0],
    ['9007199254740993', 20],
  ])('takes an offset of %s', async (offset, count) => {
    listed(...Array.from({ length: 45 }, (_, n) => renderer({ l1_server: `https://${n}.example` })));
    const answer = await request(web.url).get(`/renderers?offset=${offset}`).set({ accept: 'text/html', cookie });
    expect([answer.status, formsOf(answer.text).length]).toEqual([200, count]);
  });

  it('sends strangers to the login', async () => {
    gateway.routes['/renderers'] = jsonAnswer({ code: 'unauthorized' }, 401);
    await request(web.url).get('/renderers').expect(303).expect('location', '/login?return_to=%2Frenderers');
  });

  it('sends those whose session has ended to the login', async () => {
    gateway.routes['/renderers'] = jsonAnswer({ code: 'unauthorized' }, 401);
    await page().expect(303).expect('location', '/login?return_to=%2Frenderers');
  });

  it.each([
    ['cannot say', jsonAnswer({ code: 'revocation_unavailable' }, 503)],
    ['says something else', jsonAnswer({ renderers: [{ l1_server: 'nonsense' }] })],
    ['says nothing', unanswered],
  ])('is 503 with a word about it when the gateway %s', async (_, answer) => {
    gateway.routes['/renderers'] = answer;
    const { text } = await page(answer === unanswered ? hasty.url : web.url)
      .expect(503)
      .expect('retry-after', '5');
    expect(text).toContain('This part of the site does not answer at the moment.');
  });

  it('says so when there are none', async () => {
    listed();
    expect((await page().expect(200)).text).toContain('This site has no renderers so far.');
  });
});
