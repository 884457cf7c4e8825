import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { apiKey, token } from '../account.testing.ts';
import { jsonAnswer } from '../../gateway-stand-in.testing.ts';
import { expectHarmless, hostileTexts } from '../../hostile.testing.ts';
import { timersOfNode } from '../../timers.testing.ts';
import { cookie, onChange, startAccountSuite, type AccountSuite } from '../account-suite.testing.ts';

let suite: AccountSuite;
beforeAll(async () => {
  suite = await startAccountSuite();
});
beforeEach(() => suite.reset());

const secret = 'dk_the-secret-itself';
const kinds = [
  {
    ...{
      page: '/account/api-keys',
      api: '/auth/api-keys',
      label: 'description',
      life: '30',
      one: apiKey,
      known: apiKey.description,
    },
    made: { ...apiKey, key: secret },
    body: { description: 'nightly job', scopes: ['read:*', 'assets:create'], expires_days: 30 },
    listed: (list: unknown[]) => list,
    ...{ done: 'api-key-revoked', target: '/auth/api-keys/key-1', id: 'key-1', ended: { is_active: false } },
  },
  {
    ...{ page: '/account/tokens', api: '/v1/tokens', label: 'label', life: '3600', one: token, known: token.label },
    made: { ...token, token: secret },
    body: { label: 'nightly job', scopes: ['read:*', 'assets:create'], expires_in: 3600 },
    listed: (tokens: unknown[]) => ({ tokens }),
    ...{ done: 'token-revoked', target: '/v1/tokens/tok_1', id: 'tok_1', ended: { revoked_at: apiKey.created_at } },
  },
];

describe.each(kinds.map((kind) => [kind.page, kind] as const))('%s', (page, kind) => {
  const { api, label, life, made, body, one, known, listed } = kind;
  const wish = { [label]: 'nightly job', scopes: ['read:*', 'assets:create'], life };
  const refuse = (answer: object, status: number) => onChange(suite.gateway, api, jsonAnswer(answer, status));

  /** Makes one. @returns the cookie that its page shows it by */
  async function make(answer: object = made): Promise<string> {
    onChange(suite.gateway, api, jsonAnswer(answer, 201));
    const { headers } = await suite.send(page, wish).expect(303);
    expect(headers).toMatchObject({ location: `${page}/made`, 'cache-control': 'no-store' });
    const [line = '', ...more] = headers['set-cookie'] ?? [];
    expect(more).toEqual([]);
    expect(line).toMatch(
      new RegExp(`^made=[\\w-]+; Path=${page}/made; Max-Age=300; HttpOnly; SameSite=Strict; Secure$`),
    );
    expect(Buffer.from(line.slice(5, line.indexOf(';')), 'base64url').toString('latin1')).not.toContain(secret);
    return line.slice(0, line.indexOf(';'));
  }
  const look = (made: string, session = cookie) => suite.get(`${page}/made`).set({ cookie: `${session}; ${made}` });

  it('leads to a page that shows the secret, once, which nothing keeps', async () => {
    const kept = await make();
    expect(suite.sent()).toEqual(body);
    const { text, headers } = await look(kept).expect(200);
    expect(text).toContain(`<code>${secret}</code`);
    expect(text).toContain(`data-copy="${secret}"`);
    expect(text).toContain(`<strong>${known}</strong>`);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['set-cookie']).toEqual([`made=; Path=${page}/made; Max-Age=0; HttpOnly; SameSite=Strict; Secure`]);
    expect((await suite.get(page)).text).not.toContain(secret);
  });

  it('makes no other one when that page is loaded again, and says that it was shown', async () => {
    await make();
    for (const path of [`${page}/made`, `${page}/made`]) {
      const { text } = await suite.get(path).expect(410);
      expect(text).toContain('is shown once, and nothing shows it again.');
    }
    expect(suite.changes()).toHaveLength(1);
  });

  it('shows nobody a secret of another session, page or maker, or one that is old', async () => {
    const kept = await make();
    const other = kinds.find((one) => one.page !== page)?.page ?? '';
    const attempts = [
      look(kept, 'session_token=other'),
      look(kept.replace('made=', 'made=A')),
      look(kept.slice(0, -4)),
      look('made='),
      look('made=x'),
      suite.get(`${other}/made`).set({ cookie: `${cookie}; ${kept}` }),
    ];
    for (const attempt of attempts) expect((await attempt.expect(410)).text).not.toContain(secret);
    jest.useFakeTimers({ now: Date.now() + 5 * 60_000, doNotFake: [...timersOfNode] });
    expect((await look(kept).expect(410)).text).not.toContain(secret);
    jest.useRealTimers();
    // One that a sibling host has planted beside it does not hide it.
    await look(`made=planted; ${kept}`).expect(200);
  });

  it('is for who is logged in', async () => {
    const kept = await make();
    suite.gateway.routes['/auth/me'] = jsonAnswer({ code: 'unauthorized' }, 401);
    await look(kept).expect(303);
  });

  it('shows a secret that no cookie holds on the page that answers', async () => {
    const long = 'x'.repeat(4000);
    onChange(suite.gateway, api, jsonAnswer({ ...made, key: long, token: long }, 201));
    const { text, headers } = await suite.send(page, wish).expect(201);
    expect(text).toContain(`data-copy="${long}"`);
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('lets nothing run that the API says of it', async () => {
    for (const text of hostileTexts) {
      const said = Object.fromEntries(Object.keys(made).map((name) => [name, text]));
      expectHarmless((await look(await make(said)).expect(200)).text);
      suite.reset();
    }
  });

  it.each([
    ['a text', { [label]: ' ' }, label, 'Say what it is for.'],
    ['something that it may do', { scopes: [] }, 'scopes', 'Choose at least one thing'],
    ['a life from the list', { life: '86400000' }, 'life', 'Choose how long it lives.'],
  ])('wants %s, asks nobody without, and keeps the rest', async (_what, change, field, says) => {
    const { text } = await suite.send(page, { ...wish, ...change }).expect(400);
    expect(text).toContain(`id="${field}-error">${says}`);
    if (field !== label) expect(text).toContain('value="nightly job"');
    if (field !== 'scopes') expect(text.match(/ checked/g)).toHaveLength(2);
    expect(suite.changes()).toEqual([]);
  });

  it.each([
    ['scope_not_allowed', 403, [], 'id="scopes-error">You may not do all of this yourself'],
    ['too_many_keys', 409, [], 'There are as many as there may be. Revoke one first.'],
    ['org_not_allowed', 403, [], 'It could not be made like this.'],
    ['validation_error', 422, [{ loc: ['body', label], msg: '', type: 'x' }], `id="${label}-error">This has up to`],
    [
      'validation_error',
      422,
      [{ loc: ['body', 'scopes', 0], msg: '', type: 'x' }],
      'id="scopes-error">This is nothing',
    ],
  ])('says %s (%d) in words', async (code, status, detail, says) => {
    refuse({ code, detail }, status);
    const { text } = await suite.send(page, wish);
    expect(text).toContain(says);
    expect(text).toContain('value="nightly job"');
  });

  it('revokes one that is live, and asks before', async () => {
    await suite.get(`${page}/revoke?id=${kind.id}`).expect(200);
    suite.gateway.routes[kind.target] = jsonAnswer({ status: 'deleted' });
    const { headers } = await suite.send(`${page}/revoke`, { id: kind.id }).expect(303);
    expect(headers['location']).toBe(`${page}?done=${kind.done}`);
    expect(suite.changes()).toEqual([{ method: 'DELETE', path: kind.target }]);
  });

  it('has no question about one that has ended, and folds it away', async () => {
    suite.gateway.routes[api] = jsonAnswer(listed(Array.from({ length: 25 }, () => ({ ...one, ...kind.ended }))));
    await suite.get(`${page}/revoke?id=${kind.id}`).expect(404);
    const { text } = await suite.get(page).expect(200);
    expect(text).toContain('The last 20 of 25 that have ended');
    expect(text).not.toContain('>Revoke</a>');
  });
});
