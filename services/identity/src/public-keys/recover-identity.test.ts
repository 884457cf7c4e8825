import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newKey, signedBy, startKeyWorld, type KeyWorld } from './keys.testing.ts';

let world: KeyWorld;
let from: string;
let tests = 0;

beforeAll(async () => {
  world = await startKeyWorld();
});
afterAll(async () => {
  await world?.stop();
});
beforeEach(() => {
  tests += 1;
  from = `203.0.113.${tests}`;
});

const recover = async (body: object, service = 'admin') =>
  await world.call('POST', '/internal/admin/recover-identity', { body, service, from });
const codes = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];
const member = async (handle: string, { keyless = false } = {}) => {
  const key = newKey();
  const { body } = await world.signIn(key, { handle }, { from });
  const as = signedBy(body);
  if (keyless) await world.call('DELETE', `/api/auth/keys/${handle}/${body.key.key_id}`, { as });
  return { key, body };
};

describe('POST /internal/admin/recover-identity', () => {
  it('gives a person without a key one that signs in to the same identity', async () => {
    const { body } = await member('locked-out', { keyless: true });
    const key = newKey();
    const answer = await recover({ handle: 'Locked-Out', public_key_b64: key.publicKeyB64, label: 'new' });
    expect([answer.status, answer.body]).toMatchObject([201, { fingerprint: key.fingerprint, label: 'new' }]);
    const signedIn = await world.signIn(key, {}, { from });
    expect(signedIn.body).toMatchObject({ identity_id: body.identity_id, is_new_identity: false });
    const again = await recover({ handle: 'locked-out', public_key_b64: key.publicKeyB64 });
    expect([again.status, again.body.key_id]).toEqual([201, answer.body.key_id]);
  });

  it('leaves live keys alone unless forced, and then revokes them for good', async () => {
    const { key: old, body } = await member('was-stolen');
    const wanted = { handle: 'was-stolen', public_key_b64: newKey().publicKeyB64 };
    expect(codes(await recover(wanted))).toEqual([409, 'identity_has_keys']);
    expect((await world.signIn(old, {}, { from })).status).toBe(200);
    world.auth.down = true;
    expect(codes(await recover({ ...wanted, force: true }))).toEqual([503, 'dependency_unavailable']);
    world.auth.down = false;
    expect((await recover({ ...wanted, force: true })).status).toBe(201);
    expect(world.auth.revoked.get(body.key.key_id)).toBe('identity_recovered');
    expect(codes(await world.signIn(old, {}, { from }))).toEqual([403, 'key_revoked']);
    const keys = await world.sql(
      `SELECT revoked_at IS NULL AS live FROM identity.auth_keys WHERE identity_id = $1 ORDER BY created_at`,
      [body.identity_id],
    );
    expect(keys).toEqual([{ live: false }, { live: true }]);
  });

  it('takes no key that is or was somebody’s, and revokes nothing then', async () => {
    const { key } = await member('has-this');
    const { key: mine, body } = await member('wants-this');
    const wanted = { handle: 'wants-this', public_key_b64: key.publicKeyB64, force: true };
    expect(codes(await recover(wanted))).toEqual([409, 'key_already_registered']);
    expect((await world.signIn(mine, {}, { from })).status).toBe(200);
    const revoked = await member('had-this', { keyless: true });
    const former = { handle: 'had-this', public_key_b64: revoked.key.publicKeyB64 };
    expect(codes(await recover(former))).toEqual([409, 'key_already_registered']);
    expect(world.auth.revoked.has(body.key.key_id)).toBe(false);
  });

  it('refuses what is no handle or no key', async () => {
    await member('odd-keys', { keyless: true });
    const public_key_b64 = newKey().publicKeyB64;
    const cases: [object, number, string][] = [
      [{ handle: 'never-was', public_key_b64 }, 404, 'identity_not_found'],
      [{ handle: 'a\0b', public_key_b64 }, 422, 'validation_error'],
      [{ handle: '', public_key_b64 }, 422, 'validation_error'],
      [{ handle: 'odd-keys' }, 422, 'validation_error'],
      [{ handle: 'odd-keys', public_key_b64, label: 'a\0b' }, 422, 'validation_error'],
      [{ handle: 'odd-keys', public_key_b64: '?' }, 400, 'bad_encoding'],
      [{ handle: 'odd-keys', public_key_b64: 'AAAA' }, 400, 'bad_key_size'],
      [{ handle: 'odd-keys', public_key_b64: Buffer.alloc(32).toString('base64') }, 400, 'weak_key'],
    ];
    for (const [body, status, code] of cases)
      expect([body, ...codes(await recover(body))]).toEqual([body, status, code]);
  });

  it('is for the admin tool alone, and for people', async () => {
    await member('not-yours', { keyless: true });
    const body = { handle: 'not-yours', public_key_b64: newKey().publicKeyB64 };
    expect((await recover(body, 'gateway')).status).toBe(403);
    expect((await world.call('POST', '/internal/admin/recover-identity', { body })).status).toBe(401);
    const as = { roles: ['system_admin'] };
    expect((await world.call('POST', '/internal/admin/recover-identity', { body, as })).status).toBe(403);
    await world.sql(
      `INSERT INTO identity.identities (id, org_id, handle, identity_type, display_name) VALUES ('idn_o', 'org_1', 'an-org', 'org', 'O')`,
    );
    expect(codes(await recover({ ...body, handle: 'an-org' }))).toEqual([409, 'not_human']);
    await world.sql(`UPDATE identity.identities SET deleted_at = now() WHERE handle = 'not-yours'`);
    expect(codes(await recover(body))).toEqual([403, 'account_disabled']);
  });
});
