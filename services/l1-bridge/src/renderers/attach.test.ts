import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { north, south, startL1World, type Answer, type L1World } from '../l1-world.testing.ts';

let world: L1World;
beforeAll(async () => {
  world = await startL1World();
});
afterAll(() => world.close());

interface Person {
  actor_id: string;
  username: string;
}
let people = 0;
function newPerson(): Person {
  people += 1;
  return world.auth.addActor(`painter-${people}`);
}
const as = (who: Person, more: object = {}): Record<string, string> => ({
  'x-actor-assertion': world.kit.actor({ ...who, scopes: ['l1:attach'], sid: `ses_${who.username}`, ...more }),
});
const post = (path: string, who: Person, l1_server: unknown): Promise<Answer> =>
  world.post(path, { json: { l1_server }, headers: as(who) });
const attach = (who: Person, l1: unknown = north) => post('/renderers/attach', who, l1);
const detach = (who: Person, l1: unknown = north) => post('/renderers/detach', who, l1);
const form = (path: string, who: Person, body: string): Promise<Answer> =>
  world.post(path, { body, headers: { ...as(who), 'content-type': 'application/x-www-form-urlencoded' } });
const verify = async (token: string, l1 = north): Promise<unknown[]> => {
  const { status, body } = await world.post('/auth/verify', { json: { token, l1_server: l1 } });
  return [status, body.code];
};
const said = ({ status, body }: Answer): unknown[] => [status, body?.code];
const rowsOf = (who: Person) =>
  world.sql('SELECT l1_url, status, jti, token_hash FROM user_renderers WHERE actor_id = $1', [who.actor_id]);
const callsTo = (who: Person) =>
  world.sql('SELECT l1_url, jti, reason FROM l1_revocations WHERE username = $1 ORDER BY id', [who.username]);

describe('POST /renderers/attach', () => {
  it('gives a program the token and where to take it, and notes the attachment as pending', async () => {
    const who = newPerson();
    const { status, headers, body } = await attach(who, 'HTTPS://North.example/');
    const minted = world.auth.minted.at(-1);
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ l1_server: north, token: minted?.token, auth_url: `${north}/auth?auth_token=${minted?.token}` },
      expires_at: expect.stringMatching(/Z$/),
    });
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
    const token_hash = createHash('sha256').update(body.token).digest('hex');
    expect(await rowsOf(who)).toEqual([{ l1_url: north, status: 'pending', jti: minted?.jti, token_hash }]);
    expect(await verify(body.token)).toEqual([200, undefined]);
  });

  it('sends a browser on with 303, the token being in no page, in no cache and in no referrer', async () => {
    const { status, headers, text } = await form(
      '/renderers/attach',
      newPerson(),
      `l1_server=${encodeURIComponent(south)}`,
    );
    expect([status, text]).toEqual([303, '']);
    expect(headers.get('location')).toBe(`${south}/auth?auth_token=${world.auth.minted.at(-1)?.token}`);
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
  });

  it('renews an attachment: the new token is the one that the row names', async () => {
    const who = newPerson();
    await attach(who);
    const { body } = await attach(who);
    expect(await rowsOf(who)).toMatchObject([
      { jti: world.auth.minted.find(({ token }) => token === body.token)?.jti },
    ]);
  });

  it.each([
    'https://unlisted.example',
    `${north}.evil.example`,
    `${north}@evil.example`,
    'javascript:alert(1)',
    '//north.example',
    '\u0000',
  ])('refuses an L1 that is not listed: %s', async (l1) => {
    const minted = world.auth.minted.length;
    expect(said(await attach(newPerson(), l1))).toEqual([403, 'l1_not_authorized']);
    expect(world.auth.minted).toHaveLength(minted);
  });

  it('refuses one that drains with 409, and one that is disabled as if it were not listed', async () => {
    const who = newPerson();
    await world.operate('/set-status', { url: south, status: 'draining' });
    expect(said(await attach(who, south))).toEqual([409, 'l1_draining']);
    await world.operate('/set-status', { url: south, status: 'disabled' });
    expect(said(await attach(who, south))).toEqual([403, 'l1_not_authorized']);
    await world.operate('/set-status', { url: south, status: 'active' });
    expect((await attach(who, south)).status).toBe(200);
  });

  it.each([
    ['nothing', null],
    ['nothing in it', ''],
    ['a list', [north]],
    ['too much', `${north}/${'a'.repeat(3000)}`],
  ])('answers 422 to %s', async (_, l1) => {
    expect(said(await attach(newPerson(), l1))).toEqual([422, 'validation_error']);
  });

  it('answers 422 to a form that names two servers', async () => {
    const twice = [north, south].map((l1) => `l1_server=${encodeURIComponent(l1)}`).join('&');
    expect(said(await form('/renderers/attach', newPerson(), twice))).toEqual([422, 'validation_error']);
  });

  it('leads a browser whose form is refused back to the page, which says why, or to the login and back; programs get the refusal itself', async () => {
    const login = '/login?return_to=%2Frenderers';
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const ended = newPerson();
    world.auth.revoked.set(`ses_${ended.username}`, 'logout');
    for (const [who, l1, code, leadsTo] of [
      [as(newPerson()), 'https://nowhere.example', 'l1_not_authorized', '/renderers?refused=l1_not_authorized'],
      [
        as(newPerson(), { scopes: ['assets:create'] }),
        north,
        'insufficient_scope',
        '/renderers?refused=insufficient_scope',
      ],
      [{}, north, 'unauthorized', login],
      [as(ended), north, 'unauthorized', login],
    ] as const) {
      const body = `l1_server=${encodeURIComponent(l1)}`;
      const browser = { ...who, ...type, accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
      const { status, headers } = await world.post('/renderers/attach', { body, headers: browser });
      expect([status, headers.get('location')]).toEqual([303, leadsTo]);
      const program = await world.post('/renderers/attach', { body, headers: { ...who, ...type } });
      expect(said(program)).toEqual([code === 'unauthorized' ? 401 : 403, code]);
    }
  });

  it('is for people who are signed in and may attach', async () => {
    const json = { l1_server: north };
    for (const path of ['/renderers/attach', '/renderers/detach']) {
      expect((await world.post(path, { json })).status).toBe(401);
      const without = await world.post(path, { json, headers: as(newPerson(), { scopes: ['assets:create'] }) });
      expect(without.status).toBe(403);
      const service = await world.post(path, { json, headers: { 'x-actor-assertion': world.kit.service('web') } });
      expect(service.status).toBe(403);
    }
  });

  it('attaches nobody whose session a logout ends before or while the token is made', async () => {
    const [early, late] = [newPerson(), newPerson()];
    world.auth.revoked.set(`ses_${early.username}`, 'logout');
    expect((await attach(early)).status).toBe(401);
    // The logout comes between the minting and the answer: it has ended the token with the others.
    world.auth.before = async (route) => {
      if (!route.endsWith('/status')) return;
      const made = world.auth.minted.find(({ actorId }) => actorId === late.actor_id);
      if (made !== undefined) world.auth.revoked.set(made.jti, 'logout');
      await Promise.resolve();
    };
    expect((await attach(late)).status).toBe(401);
    world.auth.before = () => Promise.resolve();
    expect(await rowsOf(early)).toEqual([]);
  });

  it('answers 503 while auth is away, and attaches nobody', async () => {
    const who = newPerson();
    world.auth.deaf.add('POST /internal/auth/tokens/l1');
    expect(said(await attach(who))).toEqual([503, 'dependency_unavailable']);
    world.auth.deaf.clear();
    expect(await rowsOf(who)).toEqual([]);
  });
});

describe('POST /renderers/detach', () => {
  it('ends every token for that L1 and none for others, forgets the attachment, and has the L1 told', async () => {
    const [who, another] = [newPerson(), newPerson()];
    const old = (await attach(who)).body.token;
    const { token } = (await attach(who)).body;
    const elsewhere = (await attach(who, south)).body.token;
    const theirs = (await attach(another)).body.token;
    const { status, headers, body } = await detach(who, `${north}/`);
    expect([status, body]).toEqual([200, { l1_server: north, attached: false, was_attached: true }]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect([await verify(old), await verify(token)]).toEqual([
      [401, 'token_revoked'],
      [401, 'token_revoked'],
    ]);
    expect([await verify(elsewhere, south), await verify(theirs)]).toEqual([
      [200, undefined],
      [200, undefined],
    ]);
    expect((await rowsOf(who)).map((row) => row['l1_url'])).toEqual([south]);
    const told = (await callsTo(who)).map(({ l1_url, reason }) => [l1_url, reason]);
    expect(told).toEqual([
      [north, 'detached'],
      [north, 'detached'],
    ]);
  });

  it('may be repeated, and says whether there was something', async () => {
    const who = newPerson();
    expect((await detach(who)).body).toMatchObject({ was_attached: false });
    await attach(who);
    expect((await detach(who)).body).toMatchObject({ was_attached: true });
    expect((await detach(who)).body).toMatchObject({ was_attached: false });
    expect(await callsTo(who)).toHaveLength(1);
  });

  it('sends a browser back to the list', async () => {
    const { status, headers } = await form('/renderers/detach', newPerson(), `l1_server=${encodeURIComponent(north)}`);
    expect([status, headers.get('location')]).toEqual([303, '/renderers']);
  });

  it('works for an L1 that has been disabled since, and refuses what is no address of one', async () => {
    const who = newPerson();
    await attach(who, south);
    await world.operate('/set-status', { url: south, status: 'disabled' });
    expect((await detach(who, south)).body).toMatchObject({ was_attached: true });
    await world.operate('/set-status', { url: south, status: 'active' });
    expect(said(await detach(who, 'javascript:x'))).toEqual([403, 'l1_not_authorized']);
  });

  it('tells the L1 still when an earlier try ended the token and was interrupted', async () => {
    const who = newPerson();
    const { token } = (await attach(who)).body;
    const made = world.auth.minted.find((each) => each.token === token);
    world.auth.revoked.set(made?.jti ?? '', 'detached');
    expect((await detach(who)).body).toMatchObject({ was_attached: true });
    expect(await callsTo(who)).toMatchObject([{ jti: made?.jti, reason: 'detached' }]);
  });
});
