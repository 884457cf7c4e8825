import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Answer, type Call, closeConnections, send, verdict } from './lib/msign/client.ts';
import { vectorKey } from './lib/msign/key.ts';
import { host, type SignedSuite, startSignedSuite } from './lib/msign/signed-suite.ts';

/** The vectors A.1 and A.2 of the specification, as it writes them; nothing is computed here. */
const ts = 1_743_800_000;
const challenge = `${'00'.repeat(31)}01`;
const challengeSignature = 'UCLAEktzhFiNtjni68VUOYnEgPf26Xx0XAUmNGhiagLXwYHfZ6XgG9C8+21oqOIDY/BY1PtFjWE+V/TEAxmaDg==';
const post = { path: '/assets?dry_run=1', body: '{"name":"my-video"}' };
const get = { path: '/auth/me' };
const vectors = {
  post: 'kNLv3YDtWeo1h3fwd8GuapJW73FRp-hanR15cXcPQFgYD1lR7mAqkJZGpSuYtnqnxUtirUTdGWqI_KttRcLhCQ',
  get: 'WLTl0fGv13J171VOxM35RgRQ4ewMfv-PpqR4QjYqVouQwgNFppHUw7TewNmebDoQQs_v8x05JiPoHxcE-6bqCA',
  v1Post: 'Joldqq9Do4oAeVMc7MVvXeAu0qU_EaSZABTV57_0AXEnTTuGEYzx8JgdTf5jllQpIONJwxlGhWnu6SuZbCGdAw',
  v1Get: 'UJo8SWkhRIOt1ZXGRyn_mYmTbN6RhUmNQqfU3QrvpwkFicLYC7Q9j7k4Q7nI5y5rMyFEhftkSxLZypKh-uc4Aw',
};

afterAll(closeConnections);

describe.each([
  ['a server as it comes', undefined],
  ['a server with MSIGN_ACCEPT_V1=true', 'true'],
])('%s', (_name, acceptV1) => {
  let suite: SignedSuite;
  let database: pg.Client;

  beforeAll(async () => {
    const env = acceptV1 === undefined ? {} : { MSIGN_ACCEPT_V1: acceptV1 };
    suite = await startSignedSuite({ now: new Date(ts * 1000), env });
    database = new pg.Client({ connectionString: suite.databaseUrl });
    await database.connect();
  });
  afterAll(async () => {
    await database?.end();
    await suite?.remove();
  });
  beforeEach(() => suite.set(new Date(ts * 1000)));

  /** Sends a vector's very bytes, as nobody has sent them before. */
  async function sendSigned(call: Call, signature: string, alg = ''): Promise<Answer> {
    await database.query('DELETE FROM identity.msign_seen');
    const authorization = `MSign handle="gabriel" ts=${ts} sig="${signature}"${alg}`;
    const { origin, headers } = suite.elsewhere();
    return send(origin, { ...call, headers: { host, ...headers, authorization } });
  }

  it('A.1: takes the answer to the challenge, and makes gabriel', async () => {
    // No server gives this nonce by itself.
    await database.query(
      `INSERT INTO identity.auth_challenges (nonce_hash, fingerprint, algorithm, requester, expires_at) VALUES ($1, $2, 'ed25519', 'x', $3)`,
      [
        createHash('sha256').update(Buffer.from(challenge, 'hex')).digest('hex'),
        vectorKey.fingerprint,
        new Date(ts * 1000 + 60_000),
      ],
    );
    const { origin, headers } = suite.elsewhere();
    const body = {
      challenge_token: challenge,
      public_key_b64: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
      signature_b64: challengeSignature,
      handle: 'gabriel',
    };
    const made = await send(origin, { path: '/api/auth/verify', headers: { host, ...headers }, body });
    expect(made).toMatchObject({
      status: 200,
      body: { handle: 'gabriel', identity_type: 'human', is_new_identity: true, key: { algorithm: 'ed25519' } },
    });
    expect(made.body['key']).toMatchObject({
      fingerprint: 'sha256:21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9',
    });
  });

  it.each([
    ['without alg', ''],
    ['with alg', ' alg="ed25519"'],
  ])('A.2: takes the default text %s', async (_how, alg) => {
    expect(await sendSigned(get, vectors.get, alg)).toMatchObject({ status: 200, body: { username: 'gabriel' } });
    // What the registry says of a body without a content hash: it came through.
    expect(verdict(await sendSigned(post, vectors.post, alg))).toBe('422 validation_error');
    expect(verdict(await sendSigned({ ...post, body: '{"name":"my-vidеo"}' }, vectors.post, alg))).toBe(
      '401 bad_signature',
    );
  });

  it(`A.2: ${acceptV1 === 'true' ? 'takes' : 'refuses'} the legacy text without alg, and refuses it with alg`, async () => {
    const [got, posted] =
      acceptV1 === 'true' ? ['200', '422 validation_error'] : ['401 bad_signature', '401 bad_signature'];
    expect(verdict(await sendSigned(get, vectors.v1Get))).toBe(got);
    expect(verdict(await sendSigned(post, vectors.v1Post))).toBe(posted);
    expect(verdict(await sendSigned(get, vectors.v1Get, ' alg="ed25519"'))).toBe('401 bad_signature');
    expect(verdict(await sendSigned(post, vectors.v1Post, ' alg="ed25519"'))).toBe('401 bad_signature');
  });

  it('takes one and the same text once, however it is signed', async () => {
    expect(verdict(await sendSigned(post, vectors.post))).toBe('422 validation_error');
    const again = {
      ...post,
      headers: { host, authorization: `MSign handle="gabriel" ts=${ts} sig="${vectors.post}" alg="ed25519"` },
    };
    expect(verdict(await send(suite.gateway, again))).toBe('401 replayed');
  });
});
