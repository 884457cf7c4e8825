import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import pg from 'pg';
import { call, newAccount, type Answer } from './lib/api-client.ts';
import { startClockedSuite, type ClockedSuite } from './lib/clocked-suite.ts';

const a = 'https://a.l1.example';
const b = 'https://b.l1.example/studio';
const unlisted = 'https://c.l1.example';
const daysMs = 86_400_000;

let suite: ClockedSuite;
beforeAll(async () => {
  suite = await startClockedSuite({ L1_SERVERS: `${a},${b}`, RATE_LIMIT_SESSION: 'off' }, { between: ['l1-bridge'] });
});
afterAll(() => suite?.remove());

const attach = async (token: string, l1 = a): Promise<string> => {
  const { status, body } = await call(suite.gateway, '/renderers/attach', { token, body: { l1_server: l1 } });
  expect(status).toBe(200);
  return String(body['token']);
};
const verify = (token: string, l1 = a): Promise<Answer> =>
  call(suite.gateway, '/auth/verify', { body: { token, l1_server: l1 } });
const said = ({ status, body }: Answer): string => (status === 200 ? '200 valid' : `${status} ${String(body['code'])}`);
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const read = (text = ''): Record<string, unknown> =>
  JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>;

/** What somebody makes of a good token who has no key of ours. */
async function forgeries(good: string): Promise<[string, string][]> {
  const [header = '', payload = '', signature = ''] = good.split('.');
  const { keys } = (await call(suite.gateway, '/.well-known/jwks.json')).body as { keys: Record<string, string>[] };
  const [published = {}] = keys;
  const pem = createPublicKey({ key: published, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const withHeader = (change: object, claims = payload): string => `${part({ ...read(header), ...change })}.${claims}`;
  const by = (input: string): string => `${input}.${sign('sha256', Buffer.from(input), own).toString('base64url')}`;
  const hs = withHeader({ alg: 'HS256' });
  return [
    ['alg none', `${withHeader({ alg: 'none' })}.`],
    ['HS256 with the public key', `${hs}.${createHmac('sha256', pem).update(hs).digest('base64url')}`],
    ['a kid that there is not', by(withHeader({ kid: 'mine' }))],
    ['our kid, another signer', by(withHeader({}))],
    ['a key of its own in the header', by(withHeader({ jwk: published, jku: `${a}/keys` }))],
    ['for another L1, signature kept', `${header}.${part({ ...read(payload), l1_server: b, aud: b })}.${signature}`],
    [
      'for another user, signature kept',
      `${header}.${part({ ...read(payload), actor_id: 'user:admin' })}.${signature}`,
    ],
    ['no signature', `${header}.${payload}.`],
    ['no token', 'x'],
  ];
}

describe('tokens that L1s may show at POST /auth/verify, through the gateway', () => {
  it('get the status and code of the spec each', async () => {
    const [giles, dora, eve] = [
      await newAccount(suite.gateway),
      await newAccount(suite.gateway),
      await newAccount(suite.gateway),
    ];
    const good = await attach(giles.token);
    const table: [string, string, string, string][] = [];
    const row = async (name: string, token: string, l1: string, wanted: string): Promise<void> => {
      table.push([name, l1, said(await verify(token, l1)), wanted]);
    };
    await row('a good one', good, a, '200 valid');
    await row('of A at B', good, b, '403 token_scope_mismatch');
    await row('of B at A', await attach(giles.token, b), a, '403 token_scope_mismatch');
    await row('at an L1 that is not listed', good, unlisted, '403 l1_not_authorized');
    await row('an access token', giles.token, a, '403 token_scope_mismatch');
    for (const [name, token] of await forgeries(good)) await row(name, token, a, '401 invalid_token');

    const revoked = await attach(giles.token);
    await row('another, not yet revoked', revoked, a, '200 valid');
    const notHers = await call(suite.gateway, '/auth/revoke', { token: eve.token, body: { token: revoked } });
    expect(notHers.body).toMatchObject({ revoked: false });
    await row('after somebody else has asked for its end', revoked, a, '200 valid');
    expect((await call(suite.gateway, '/auth/revoke', { body: { token: revoked, l1_server: a } })).status).toBe(200);
    await row('revoked by its L1', revoked, a, '401 token_revoked');
    await row('the other one of the same user', good, a, '200 valid');
    const detached = await attach(dora.token);
    await call(suite.gateway, '/renderers/detach', { token: dora.token, body: { l1_server: a } });
    await row('detached', detached, a, '401 token_revoked');
    const loggedOut = await attach(dora.token, b);
    await call(suite.gateway, '/auth/logout', { token: dora.token, method: 'POST' });
    await row('of who has logged out', loggedOut, b, '401 token_revoked');
    process.stdout.write(
      `${table.map(([name, l1, got]) => `${got.padEnd(26)} ${name} (asked by ${l1})`).join('\n')}\n`,
    );
    expect(table.map(([name, , got]) => [name, got])).toEqual(table.map(([name, , , wanted]) => [name, wanted]));
  });

  it('open nothing here: an L1 has no use for its users’ tokens but to ask about them', async () => {
    const giles = await newAccount(suite.gateway);
    const token = await attach(giles.token);
    const answers = await Promise.all([
      call(suite.gateway, '/auth/me', { token }),
      call(suite.gateway, '/renderers', { token }),
      call(suite.gateway, '/renderers/attach', { token, body: { l1_server: b } }),
      call(suite.gateway, '/v1/tokens', { token }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });
});

describe('an L1 that ignores revocations', () => {
  it('is refused at verify from the next moment on, by whichever way the token died', async () => {
    const ways: Record<string, (token: string, l1Token: string) => Promise<Answer>> = {
      'POST /auth/logout': (token) => call(suite.gateway, '/auth/logout', { token, method: 'POST' }),
      'POST /renderers/detach': (token) => call(suite.gateway, '/renderers/detach', { token, body: { l1_server: a } }),
      'POST /auth/revoke by the owner': (token, l1Token) =>
        call(suite.gateway, '/auth/revoke', { token, body: { token: l1Token } }),
      'POST /auth/revoke by the L1': (_token, l1Token) =>
        call(suite.gateway, '/auth/revoke', { body: { token: l1Token, l1_server: a } }),
      'eleventh attachment': async (token) => {
        for (let n = 0; n < 9; n += 1) await attach(token);
        return await call(suite.gateway, '/renderers/attach', { token, body: { l1_server: a } });
      },
    };
    const lines: string[] = [];
    for (const [way, end] of Object.entries(ways)) {
      const { token } = await newAccount(suite.gateway);
      const hoarded = await attach(token);
      const before = await Promise.all(Array.from({ length: 5 }, () => verify(hoarded)));
      expect(before.map(said)).toEqual(before.map(() => '200 valid'));
      expect((await end(token, hoarded)).status).toBe(200);
      const after = await Promise.all(Array.from({ length: 20 }, () => verify(hoarded)));
      expect(after.map(said)).toEqual(after.map(() => '401 token_revoked'));
      lines.push(
        `${way}: ${before.length} accepted before, ${after.length} of ${after.length} refused after with ${after.map(said)[0]}`,
      );
    }
    process.stdout.write(`${lines.join('\n')}\n`);
  });
});

it('nobody is shown as attached by a token that has run out', async () => {
  const { token } = await newAccount(suite.gateway);
  const { body } = await call(suite.gateway, '/renderers/attach', { token, body: { l1_server: a } });
  await verify(String(body['token']));
  const shown = async (): Promise<unknown> =>
    ((await call(suite.gateway, '/renderers', { token })).body['renderers'] as unknown[])[0];
  await eventually(async () => expect(await shown()).toMatchObject({ l1_server: a, attached: true }));
  const client = new pg.Client({ connectionString: suite.databaseUrl });
  await client.connect();
  // As if the 30 days were over.
  const { jti } = read(String(body['token']).split('.')[1]);
  const { rows } = await client.query(
    `UPDATE bridge.user_renderers r SET expires_at = now() FROM bridge.user_renderers old
     WHERE r.jti = $1 AND old.jti = r.jti RETURNING old.expires_at`,
    [jti],
  );
  await client.end();
  expect(rows).toEqual([{ expires_at: new Date(String(body['expires_at'])) }]);
  expect(await shown()).toMatchObject({ l1_server: a, attached: false, verified_at: null });
});

it('an L1 token expires after 30 days, and is then no token at all, revoked or not', async () => {
  const { token } = await newAccount(suite.gateway);
  const [kept, revoked] = [await attach(token), await attach(token)];
  expect((await call(suite.gateway, '/auth/revoke', { body: { token: revoked, l1_server: a } })).status).toBe(200);
  suite.forward(30 * daysMs + 60_000);
  expect([said(await verify(kept)), said(await verify(revoked))]).toEqual(['401 invalid_token', '401 invalid_token']);
});
