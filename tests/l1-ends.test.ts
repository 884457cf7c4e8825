import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import pg from 'pg';
import { call, type Answer } from './lib/api-client.ts';
import { agentOf, programsOf } from './lib/l1/programs.ts';
import { startSuiteWithL1, type SuiteWithL1 } from './lib/l1/suite-with-l1.ts';

/** Every way in which somebody, or an L1, is out: no token for the L1 is accepted from the answer on, and the L1 hears of it. */
const password = 'correct horse battery staple';

let started: SuiteWithL1;
let suite: SuiteWithL1['suite'];
let farm: SuiteWithL1['farm'];
let l1 = '';
beforeAll(async () => {
  started = await startSuiteWithL1();
  ({ suite, farm, url: l1 } = started);
});
afterAll(() => started?.close());

interface Session {
  username: string;
  /** Access token. */
  token: string;
  sessionToken: string;
  refreshToken: string;
}
async function logIn(username: string, headers: Record<string, string> = {}): Promise<Session> {
  const { status, body } = await call(suite.gateway, '/auth/login', { body: { username, password }, headers });
  expect(status).toBe(200);
  const { access_token: token, session_token: sessionToken, refresh_token: refreshToken } = body;
  return { username, token: String(token), sessionToken: String(sessionToken), refreshToken: String(refreshToken) };
}
async function register(): Promise<string> {
  const username = `u${randomUUID().slice(0, 8)}`;
  expect((await call(suite.gateway, '/auth/register', { body: { username, password } })).status).toBe(201);
  return username;
}
async function attach({ token }: Session): Promise<string> {
  const { status, body } = await call(suite.gateway, '/renderers/attach', { token, body: { l1_server: l1 } });
  expect(status).toBe(200);
  return String(body['token']);
}
async function isAttached({ token }: Session): Promise<boolean> {
  const { renderers } = (await call(suite.gateway, '/renderers', { token })).body as {
    renderers: { attached: boolean }[];
  };
  return renderers.some(({ attached }) => attached);
}
const verdictOn = async (token: string): Promise<unknown> => {
  const { status, body } = await call(suite.gateway, '/auth/verify', { body: { token, l1_server: l1 } });
  return status === 200 ? 'good' : body['code'];
};
async function operate(service: 'auth' | 'l1-bridge', path: string, body: object = {}): Promise<Answer> {
  const admin = await suite.signerOf('admin');
  const headers = { 'x-actor-assertion': await admin.forService(service) };
  return await call(suite.urlOf(service), `/internal/admin${path}`, { body, headers });
}
const cookieOf = ({ sessionToken }: Session) => ({ cookie: `session_token=${sessionToken}` });
const sessionsOf = async ({ token }: Session): Promise<{ id: string; current: boolean }[]> =>
  (await call(suite.gateway, '/auth/sessions', { token })).body['sessions'] as { id: string; current: boolean }[];
/** Lets every session of theirs be as old as sessions get. */
async function runOut({ username }: Session): Promise<void> {
  const client = new pg.Client({ connectionString: suite.databaseUrl });
  await client.connect();
  const text = `UPDATE auth.sessions SET expires_at = now() - interval '1 second'
    WHERE actor_id = (SELECT id FROM auth.actors WHERE handle = $1)`;
  try {
    await client.query(text, [username]);
  } finally {
    await client.end();
  }
}
async function bePutIntoOrg({ username }: Session): Promise<string> {
  const slug = `o${randomUUID().slice(0, 8)}`;
  const owner = await register();
  expect((await operate('auth', '/orgs', { slug, owner })).status).toBe(201);
  expect((await operate('auth', `/orgs/${slug}/members/add`, { actor: username, role: 'admin' })).status).toBe(200);
  return slug;
}

interface Way {
  what: string;
  /** Before the session that attaches. */
  before?: (username: string) => Promise<unknown>;
  end: (who: Session, held: string) => Promise<Answer>;
  code?: string;
  isToldNothing?: true;
}

const asOperator =
  (what: string): Way['end'] =>
  (who) =>
    operate('auth', `/actors/${who.username}/${what}`);

const ways: Way[] = [
  { what: 'POST /auth/logout', end: ({ token }) => call(suite.gateway, '/auth/logout', { token, method: 'POST' }) },
  {
    what: 'POST /auth/logout from everywhere',
    end: ({ token }) => call(suite.gateway, '/auth/logout', { token, body: { all: true } }),
  },
  {
    what: 'GET /auth/logout of a browser',
    end: (who) =>
      call(suite.gateway, '/auth/logout', { headers: { ...cookieOf(who), 'sec-fetch-site': 'same-origin' } }),
  },
  {
    what: 'a logout in another browser',
    end: async (who) => {
      const { token } = await logIn(who.username);
      return await call(suite.gateway, '/auth/logout', { token, method: 'POST' });
    },
  },
  {
    what: 'the end of its session, by another',
    end: async (who) => {
      const own = (await sessionsOf(who)).find(({ current }) => current);
      const { token } = await logIn(who.username);
      return await call(suite.gateway, `/auth/sessions/${own?.id}`, { token, method: 'DELETE' });
    },
  },
  {
    what: 'the end of all other sessions',
    end: async (who) => {
      const { token } = await logIn(who.username);
      return await call(suite.gateway, '/auth/sessions', { token, method: 'DELETE' });
    },
  },
  {
    what: 'another person, who logs in in the same browser',
    end: async (who) => {
      const body = { username: await register(), password };
      return await call(suite.gateway, '/auth/login', { body, headers: { ...cookieOf(who), origin: suite.gateway } });
    },
  },
  {
    what: 'a change of the password',
    end: ({ token }) =>
      call(suite.gateway, '/auth/password', {
        token,
        body: { current_password: password, new_password: `${password}!` },
      }),
  },
  {
    what: 'the deletion of the account',
    end: ({ token }) => call(suite.gateway, '/auth/me', { token, method: 'DELETE', body: { password } }),
    code: 'account_disabled',
  },
  { what: 'an operator, who disables the account', end: asOperator('disable'), code: 'account_disabled' },
  { what: 'an operator, who deletes the account', end: asOperator('delete'), code: 'account_disabled' },
  {
    what: 'an account that is disabled and enabled again',
    end: async (who) => {
      await operate('auth', `/actors/${who.username}/disable`);
      return await operate('auth', `/actors/${who.username}/enable`);
    },
  },
  {
    what: 'the end of an office',
    before: async (username) => {
      const keeper = await register();
      for (const name of [keeper, username]) await operate('auth', `/actors/${name}/sysadmin/grant`);
    },
    end: asOperator('sysadmin/revoke'),
  },
  {
    what: 'the end of a membership',
    end: async (who) => {
      const slug = await bePutIntoOrg(who);
      return await operate('auth', `/orgs/${slug}/members/remove`, { actor: who.username });
    },
  },
  {
    what: 'a lower role',
    end: async (who) => {
      const slug = await bePutIntoOrg(who);
      return await operate('auth', `/orgs/${slug}/members/set-role`, { actor: who.username, role: 'member' });
    },
  },
  {
    what: 'a detachment',
    end: ({ token }) => call(suite.gateway, '/renderers/detach', { token, body: { l1_server: l1 } }),
  },
  {
    what: 'the owner, who revokes the token',
    end: ({ token }, held) => call(suite.gateway, '/auth/revoke', { token, body: { token: held } }),
  },
  {
    what: 'the L1, which says that its user has left',
    end: (_, held) => call(suite.gateway, '/auth/revoke', { body: { token: held, l1_server: l1 } }),
    isToldNothing: true,
  },
  {
    what: 'ten that were made after it',
    end: async (who) => {
      for (let n = 0; n < 9; n += 1) await attach(who);
      return await call(suite.gateway, '/renderers/attach', { token: who.token, body: { l1_server: l1 } });
    },
  },
];

const isTold = (token: string): boolean => {
  const hash = createHash('sha256').update(token).digest('hex');
  return farm.calls.some(({ body }) => body.toString().includes(`"token_hash":"${hash}"`));
};

describe('an L1’s token is dead from the answer on, and the L1 hears of it, after', () => {
  it.each(ways.map((way): [string, Way] => [way.what, way]))('%s', async (_, way) => {
    const username = await register();
    await way.before?.(username);
    const who = await logIn(username);
    const held = await attach(who);
    expect(await verdictOn(held)).toBe('good');
    expect((await way.end(who, held)).status).toBeLessThan(400);
    const after = await Promise.all(Array.from({ length: 5 }, () => verdictOn(held)));
    expect(after).toEqual(after.map(() => way.code ?? 'token_revoked'));
    if (way.isToldNothing !== true) await eventually(() => expect(isTold(held)).toBe(true));
    else expect(isTold(held)).toBe(false);
  });
});

describe('an L1’s token dies with the credential by which a program attached', () => {
  it.each(['an API key', 'an API token', 'a public key'] as const)('%s, and those of others live on', async (kind) => {
    const who = await logIn(await register());
    const make = programsOf(suite, l1, who)[kind];
    const [gone, other] = [await make(), await make()];
    const [elsewhere, late, held] = [await attach(who), await other.attach(), await gone.attach()];
    expect(await verdictOn(held)).toBe('good');
    await eventually(async () => expect(await isAttached(who)).toBe(true));
    expect((await gone.end()).status).toBeLessThan(400);
    const after = await Promise.all(Array.from({ length: 5 }, () => verdictOn(held)));
    expect(after).toEqual(after.map(() => 'token_revoked'));
    await eventually(() => expect(isTold(held)).toBe(true));
    await eventually(async () => expect(await isAttached(who)).toBe(false));
    expect([await verdictOn(elsewhere), await verdictOn(late)]).toEqual(['good', 'good']);
    expect([isTold(elsewhere), isTold(late)]).toEqual([false, false]);
  });
});

it('an L1’s token of an agent dies when the agent’s owner is disabled; it attaches anew once the owner is back', async () => {
  const owner = await logIn(await register());
  const { attach: attachAgent } = await agentOf(suite, l1, owner);
  const held = await attachAgent();
  expect(await verdictOn(held)).toBe('good');
  expect((await operate('auth', `/actors/${owner.username}/disable`)).status).toBe(200);
  const after = await Promise.all(Array.from({ length: 5 }, () => verdictOn(held)));
  expect(after).toEqual(after.map(() => 'account_disabled'));
  await eventually(() => expect(isTold(held)).toBe(true));
  expect((await operate('auth', `/actors/${owner.username}/enable`)).status).toBe(200);
  await eventually(async () => expect(await verdictOn(await attachAgent())).toBe('good'), { everyMs: 1_000 });
  expect(await verdictOn(held)).toBe('token_revoked');
});

it('an L1’s token outlives a session that runs out by itself, which is no logout; the next logout ends it', async () => {
  const who = await logIn(await register());
  const held = await attach(who);
  await runOut(who);
  expect((await call(suite.auth, '/auth/me', { headers: cookieOf(who) })).status).toBe(401);
  expect([await verdictOn(held), isTold(held)]).toEqual(['good', false]);
  const { token } = await logIn(who.username);
  expect((await call(suite.gateway, '/auth/logout', { token, method: 'POST' })).status).toBe(200);
  expect(await verdictOn(held)).toBe('token_revoked');
});

describe('no token is accepted at an L1', () => {
  it('that is disabled, or drained with eviction', async () => {
    const holder = await logIn(await register());
    const held = await attach(holder);
    const set = (status: string) => operate('l1-bridge', '/l1/set-status', { url: l1, status });
    await set('disabled');
    expect(await verdictOn(held)).toBe('l1_not_authorized');
    await set('draining');
    expect(await verdictOn(held)).toBe('good');
    expect((await operate('l1-bridge', '/l1/evict', { url: l1 })).body).toMatchObject({ more: false });
    expect(await verdictOn(held)).toBe('token_revoked');
    await eventually(() => expect(isTold(held)).toBe(true));
    await set('active');
    expect(await verdictOn(held)).toBe('token_revoked');
  });
});
