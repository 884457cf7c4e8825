import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newKey, signedBy, startKeyWorld, type KeyWorld } from './keys.testing.ts';

let world: KeyWorld;

beforeAll(async () => {
  world = await startKeyWorld();
});
afterAll(async () => {
  await world?.stop();
});

const codes = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];
const identities = async (handle: string) =>
  await world.sql('SELECT id, actor_id FROM identity.identities WHERE handle = $1', [handle]);
const keysOf = async (fingerprint: string) =>
  await world.sql('SELECT id FROM identity.auth_keys WHERE fingerprint = $1', [fingerprint]);

describe('POST /api/auth/verify with a new key', () => {
  it('begins an identity with a new key, lower-cases its handle, tells of the key, and gives no token', async () => {
    const key = newKey();
    const more = { handle: 'Gabriel', display_name: 'Gabriel ☃', label: 'laptop', more: 'is ignored' };
    const { status, body } = await world.signIn(key, more);
    expect([status, body]).toEqual([
      200,
      {
        identity_id: expect.stringMatching(/^idn_/),
        ...{ actor_id: 'user:gabriel', handle: 'gabriel', display_name: 'Gabriel ☃', identity_type: 'human' },
        is_new_identity: true,
        key: {
          key_id: expect.stringMatching(/^key_/),
          ...{ fingerprint: key.fingerprint, algorithm: 'ed25519', label: 'laptop' },
          ...{ created_at: expect.any(String), last_used_at: expect.any(String), expires_at: null, revoked_at: null },
        },
      },
    ]);
    const [event] = await world.sql(`SELECT payload FROM identity.outbox WHERE payload LIKE '%' || $1 || '%'`, [
      key.fingerprint,
    ]);
    expect(JSON.parse(String(event?.['payload']))).toMatchObject({
      ...{ type: 'key-added', subject: body.key.key_id, subject_version: 1, actor_id: 'user:gabriel' },
      data: { handle: 'gabriel', key_id: body.key.key_id, fingerprint: key.fingerprint, algorithm: 'ed25519' },
    });
    expect(world.auth.actors.get('user:gabriel')).toMatchObject({ ref: `key:${key.fingerprint}` });
  });

  it.each([
    [{}, 'handle_required'],
    [{ handle: '' }, 'handle_required'],
    [{ handle: null }, 'handle_required'],
    ...[
      'ab',
      'a'.repeat(31),
      '-abc',
      'abc-',
      'a b',
      'a_b',
      'a.b',
      '../x',
      "x'; --",
      'caf\u00e9',
      '\u212Aelvin',
      'a\0b',
      'a\nb',
      'abc\n',
      '\uFEFFabc',
    ].map((handle): [object, string] => [{ handle }, 'handle_invalid']),
    [{ handle: 'x'.repeat(257) }, 'validation_error'],
    [{ handle: 17 }, 'validation_error'],
    [{ handle: 'good', label: 'a\0b' }, 'validation_error'],
    [{ handle: 'good', label: 'x'.repeat(81) }, 'validation_error'],
    [{ handle: 'good', display_name: 'a\0b' }, 'validation_error'],
    [{ handle: 'good', display_name: 'x'.repeat(101) }, 'validation_error'],
    [{ handle: 'good', display_name: 'a\n\u001b[31m' }, 'validation_error'],
    [{ handle: 'good', display_name: '   ' }, 'validation_error'],
    [{ handle: 'good', display_name: 'Ada\u202e (admin)' }, 'validation_error'],
    [{ handle: 'good', display_name: '\u200e' }, 'validation_error'],
    [{ handle: 'good', label: '\u001b]0;title\u0007' }, 'validation_error'],
    [{ handle: 'good', identity_type: 'service' }, 'validation_error'],
    [{ handle: 'good', identity_type: 'org' }, 'org_needs_founder'],
    [{ handle: 'good', identity_type: 'agent' }, 'agent_needs_owner'],
  ])('refuses a new key with %j: 422 %s, and makes nothing', async (body, code) => {
    const key = newKey();
    const before = world.auth.actors.size;
    expect(codes(await world.signIn(key, body))).toEqual([422, code]);
    expect([await keysOf(key.fingerprint), world.auth.actors.size]).toEqual([[], before]);
  });

  it('says where agents and organisations are made', async () => {
    const detail = async (identity_type: string) =>
      (await world.signIn(newKey(), { handle: 'good', identity_type })).body.detail;
    expect(await detail('agent')).toContain('POST /api/identities/agent');
    expect(await detail('org')).toContain('POST /api/identities');
  });

  it('says of a reserved handle that it is reserved', async () => {
    expect(codes(await world.signIn(newKey(), { handle: 'Admin' }))).toEqual([422, 'handle_reserved']);
  });

  it('gives a taken handle to nobody else, not even when its identity has no key left', async () => {
    const key = newKey();
    const first = (await world.signIn(key, { handle: 'keyless' })).body;
    expect(codes(await world.signIn(newKey(), { handle: 'KEYLESS' }))).toEqual([409, 'handle_taken']);
    const path = `/api/auth/keys/keyless/${first.key.key_id}`;
    expect((await world.call('DELETE', path, { as: signedBy(first) })).status).toBe(204);
    expect(codes(await world.signIn(newKey(), { handle: 'keyless' }))).toEqual([409, 'handle_taken']);
    expect(codes(await world.signIn(key, { handle: 'fresh-start' }))).toEqual([403, 'key_revoked']);
    expect(await identities('fresh-start')).toEqual([]);
  });

  it('gives a handle that ten new keys want at once to one of them', async () => {
    const tries = Array.from({ length: 10 }, (_, n) =>
      world.signIn(newKey(), { handle: 'wanted' }, { replica: n % 2 ? 1 : 0, from: `198.51.100.${n}` }),
    );
    const answers = await Promise.all(tries);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'handle_taken')).toHaveLength(9);
    expect(await identities('wanted')).toHaveLength(1);
  });

  it('makes one identity and one key of ten verifies of one new key at once, at two replicas', async () => {
    const key = newKey();
    const tries = Array.from({ length: 10 }, (_, n) =>
      world.signIn(key, { handle: `at-once-${n % 3}` }, { replica: n % 2 ? 1 : 0 }),
    );
    const answers = await Promise.all(tries);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(answers.filter(({ body }) => body.is_new_identity)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => `${body.identity_id} ${body.key.key_id} ${body.handle}`)).size).toBe(1);
    expect(await keysOf(key.fingerprint)).toHaveLength(1);
    const added = `SELECT 1 FROM identity.outbox WHERE type = 'key-added' AND payload LIKE '%' || $1 || '%'`;
    expect(await world.sql(added, [key.fingerprint])).toHaveLength(1);
  });

  it('completes after a crash behind auth with the same actor, whatever handle is asked for then', async () => {
    const key = newKey();
    const refuse = `ALTER TABLE identity.auth_keys ADD CONSTRAINT crash CHECK (false) NOT VALID`;
    await world.admin(refuse);
    expect((await world.signIn(key, { handle: 'half-made' })).status).toBe(500);
    expect([await identities('half-made'), await keysOf(key.fingerprint)]).toEqual([[], []]);
    expect(world.auth.actors.has('user:half-made')).toBe(true);
    await world.admin('ALTER TABLE identity.auth_keys DROP CONSTRAINT crash');
    // The handle is the actor's, who has this key and no other.
    expect(codes(await world.signIn(newKey(), { handle: 'half-made' }))).toEqual([409, 'handle_taken']);
    const { status, body } = await world.signIn(key, { handle: 'second-thought' });
    expect([status, body]).toMatchObject([
      200,
      { actor_id: 'user:half-made', handle: 'half-made', is_new_identity: true },
    ]);
  });

  it('adds the key to the row that the event of auth has made meanwhile', async () => {
    const key = newKey();
    await world.admin('ALTER TABLE identity.auth_keys ADD CONSTRAINT crash CHECK (false) NOT VALID');
    await world.signIn(key, { handle: 'by-event' });
    await world.admin('ALTER TABLE identity.auth_keys DROP CONSTRAINT crash');
    await world.sql(
      `INSERT INTO identity.identities (id, actor_id, handle, identity_type, display_name)
       VALUES ('idn_event', 'user:by-event', 'by-event', 'human', 'By event')`,
    );
    expect((await world.signIn(key, { handle: 'by-event' })).body).toMatchObject({ identity_id: 'idn_event' });
  });
});
