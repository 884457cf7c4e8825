import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { csrfTokenOf, type Service } from '@artdag/service-kit';
import { quietLogger } from '@artdag/testing';
import request from 'supertest';
import { anchor, anchorList, calendarList, checkpointList } from './anchors.testing.ts';
import { jsonAnswer, startGatewayStandIn, type GatewayStandIn } from '../gateway-stand-in.testing.ts';
import { startWeb } from '../start-web.testing.ts';

let gateway: GatewayStandIn;
let web: { url: string; service: Service };
/** What the API says to who asks for an anchor. */
let made: ReturnType<typeof jsonAnswer>;

beforeAll(async () => {
  gateway = await startGatewayStandIn();
  web = await startWeb({ GATEWAY_URL: gateway.url }, { logger: quietLogger() });
  gateway.routes = {
    '/anchors?limit=30&offset=0': jsonAnswer(anchorList),
    '/anchors?limit=100': jsonAnswer(anchorList),
    '/anchors/calendars': jsonAnswer(calendarList),
    '/log/checkpoints?limit=100': jsonAnswer(checkpointList),
    '/auth/me': jsonAnswer({ username: 'giles' }),
    '/anchors': (req, res) => made(req, res),
  };
});

beforeEach(() => {
  made = jsonAnswer(anchor, 201);
  gateway.asked.length = 0;
});

const cookie = 'session_token=secret';
const origin = 'https://l2.example';
const press = (headers: Record<string, string> = { cookie, origin }) =>
  request(web.url).post('/anchors/ui').type('form').set(headers).send({});
const asked = () => gateway.asked.filter(({ method }) => method === 'POST');

describe('/anchors/ui', () => {
  it('leads strangers to the login, also those who press the button', async () => {
    const { headers } = await request(web.url).get('/anchors/ui').expect(303);
    expect(headers['location']).toBe('/login?return_to=%2Fanchors%2Fui');
    await press({ origin }).expect(303).expect('location', '/login?return_to=%2Fanchors%2Fui');
    expect(asked()).toEqual([]);
  });

  it('has the form for who is logged in, which nothing keeps', async () => {
    const { text, headers } = await request(web.url).get('/anchors/ui').set({ cookie }).expect(200);
    expect(text).toContain(`value="${csrfTokenOf('secret')}"`);
    expect(text).toContain('Anchor now');
    expect(headers['cache-control']).toBe('no-store');
    expect((await request(web.url).get('/anchors')).text).not.toContain('Anchor now');
  });

  it('leads to the anchor that it has made', async () => {
    const { headers } = await press().expect(303);
    expect(headers['location']).toBe(`/anchors?root=${anchor.merkle_root}`);
    expect(asked().map(({ path, headers: sent }) => [path, sent.cookie])).toEqual([['/anchors', cookie]]);
  });

  it.each([
    ['nothing_to_anchor', 409, 'Everything in the log is anchored'],
    ['no_calendars', 409, 'has no calendars'],
    ['anchored_recently', 429, 'The last anchor is young. Try again in 2 minutes.'],
    ['forbidden', 403, 'You may not make an anchor now.'],
    ['dependency_unavailable', 503, 'This does not work at the moment.'],
  ])('says why there is none: %s', async (code, status, says) => {
    made = jsonAnswer({ code }, status, { 'retry-after': '120' });
    const { text } = await press().expect(status);
    expect(text).toContain(says);
    expect(text).toContain('role="alert"');
    expect(text).toContain('<title>Error: Anchors');
  });

  describe('with a root, for administrators', () => {
    const pending = { ...anchor, state: 'pending', checkpoint: 'l2.example/log\n' };
    const root = anchor.merkle_root;
    const detail = `/anchors/${root}`;
    const ask = (headers: Record<string, string> = { cookie, origin }) =>
      request(web.url).post('/anchors/ui').type('form').set(headers).send({ root });
    let upgraded: ReturnType<typeof jsonAnswer>;

    beforeEach(() => {
      upgraded = jsonAnswer(pending, 202);
      gateway.routes[detail] = jsonAnswer(pending);
      gateway.routes[`${detail}/upgrade`] = (req, res) => upgraded(req, res);
      gateway.routes['/auth/me'] = jsonAnswer({ username: 'giles', is_sysadmin: true });
    });

    it('has the button for them, until the anchor is confirmed, and for nobody else', async () => {
      const page = async (headers = {}) => (await request(web.url).get(`/anchors?root=${root}`).set(headers)).text;
      expect(await page({ cookie })).toContain('Ask the calendars again');
      expect(await page()).not.toContain('Ask the calendars again');
      gateway.routes['/auth/me'] = jsonAnswer({ username: 'giles', is_sysadmin: false });
      expect(await page({ cookie })).not.toContain('Ask the calendars again');
      gateway.routes['/auth/me'] = jsonAnswer({ username: 'giles', is_sysadmin: true });
      gateway.routes[detail] = jsonAnswer({ ...pending, state: 'confirmed' });
      expect(await page({ cookie })).not.toContain('Ask the calendars again');
    });

    it('has the calendars asked, and leads back to the anchor', async () => {
      const { headers } = await ask().expect(303);
      expect(headers['location']).toBe(`/anchors?root=${root}&done=calendars-asked`);
      expect(asked().map(({ path, headers: sent }) => [path, sent.cookie])).toEqual([[`${detail}/upgrade`, cookie]]);
      const { text } = await request(web.url)
        .get(headers['location'] ?? '')
        .set({ cookie });
      expect(text).toContain('The calendars are being asked again.');
    });

    it.each([
      ['no_calendars', 409, 'This server has no calendars to ask.'],
      ['dependency_unavailable', 503, 'This does not work at the moment.'],
    ])('says why it did nothing: %s', async (code, status, says) => {
      upgraded = jsonAnswer({ code }, status, { 'retry-after': '120' });
      const { text } = await ask().expect(status);
      expect(text).toContain(says);
      expect(text).toContain('role="alert"');
    });

    it('is for nobody else, whatever they send', async () => {
      upgraded = jsonAnswer({ code: 'forbidden' }, 403);
      gateway.routes['/auth/me'] = jsonAnswer({ username: 'giles' });
      const { text } = await ask().expect(403);
      expect(text).toContain('Only administrators may have the calendars asked again.');
      expect(text).toContain('<title>Error: Anchor ');
    });

    it.each([
      ['nobody', { origin }, 202, 'unauthorized', ''],
      ['whose session has ended', { cookie, origin }, 401, 'unauthorized', ''],
      ['whose login is not fresh', { cookie, origin }, 403, 'recent_login_required', 'again=1&'],
    ])('leads to the login, and back to the anchor: %s', async (_who, headers, status, code, again) => {
      upgraded = jsonAnswer({ code }, status);
      const location = `/login?${again}return_to=${encodeURIComponent(`/anchors?root=${root}`)}`;
      await ask(headers as Record<string, string>)
        .expect(303)
        .expect('location', location);
    });

    it('takes a root for one name, never for another path', async () => {
      await request(web.url).post('/anchors/ui').type('form').set({ cookie, origin }).send({ root: '../auth/me' });
      expect(asked().map(({ path }) => path)).toEqual(['/anchors/..%2Fauth%2Fme/upgrade']);
    });

    it('takes no form of another site', async () => {
      for (const headers of [
        { cookie, origin: 'https://evil.example' },
        { cookie, 'sec-fetch-site': 'cross-site' },
      ])
        await ask(headers as Record<string, string>).expect(403);
      await ask({ cookie: `session_token=planted; ${cookie}`, origin: 'null' }).expect(403);
      expect(asked()).toEqual([]);
    });
  });

  it.each([
    ['another site', { cookie, origin: 'https://evil.example' }],
    ['a sibling site', { cookie, 'sec-fetch-site': 'same-site' }],
    ['nobody knows where', { cookie }],
  ])('takes no form of %s', async (_where, headers) => {
    await press(headers).expect(403);
    expect(asked()).toEqual([]);
  });
});
