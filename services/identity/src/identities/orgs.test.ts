import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestActor } from '@artdag/testing';
import { newKey, signedBy, startKeyWorld, type KeyWorld } from '../public-keys/keys.testing.ts';

let world: KeyWorld;

beforeAll(async () => {
  world = await startKeyWorld();
});
afterAll(async () => {
  await world?.stop();
});

const codes = ({ status, body }: { status: number; body: { code?: string } }) => [status, body?.code];
const somebody = async (handle: string): Promise<TestActor> =>
  signedBy((await world.signIn(newKey(), { handle })).body);
const create = (handle: string, as: TestActor, more: object = {}, replica: 0 | 1 = 0) => {
  const body = { handle, display_name: `Org ${handle}`, identity_type: 'org', ...more };
  return world.call('POST', '/api/identities', { body, as, replica });
};

describe('POST /api/identities', () => {
  it('makes an organisation, and gives the same when it is asked for again', async () => {
    const me = await somebody('org-founder');
    const made = await create('My-Guild', me);
    expect([made.status, made.body, made.headers.get('location')]).toMatchObject([
      201,
      { handle: 'my-guild', identity_type: 'org', display_name: 'Org My-Guild', actor_id: null, spawned_by: null },
      '/api/identities/my-guild',
    ]);
    const again = await create('my-guild', me);
    expect([again.status, again.body]).toEqual([200, made.body]);
  });

  it('gives twenty names to one founder, deleted ones counted, and no more', async () => {
    const me = await somebody('busy-founder');
    for (let n = 0; n < 20; n += 1) expect((await create(`guild-${n}`, me)).status).toBe(201);
    expect((await world.call('DELETE', '/api/identities/guild-3', { as: me })).status).toBe(204);
    const answer = await create('guild-20', me);
    expect([answer.status, answer.body.code]).toEqual([409, 'too_many_organisations']);
    expect(world.auth.actors.has('org_guild-20')).toBe(false);
    expect((await create('guild-7', me)).status).toBe(200);
  });

  it('is completed by asking again after a crash behind auth', async () => {
    const me = await somebody('crashed');
    world.auth.actors.set('org_half-made', { owner: me.actor_id });
    expect((await create('half-made', me)).status).toBe(201);
  });

  it('says of a name that a person or another organisation has that it is taken', async () => {
    const [one, other] = [await somebody('org-rival-1'), await somebody('org-rival-2')];
    await create('taken-org', one);
    for (const handle of ['org-rival-1', 'taken-org', 'org-rival-2']) {
      const { status, body } = await create(handle, other);
      expect([status, body.code, body.detail]).toEqual([409, 'handle_taken', 'handle already taken']);
    }
  });

  it('gives a name to one of two who want it at once, at two replicas', async () => {
    const [one, other] = [await somebody('racer-1'), await somebody('racer-2')];
    const answers = await Promise.all([create('one-name', one, {}, 0), create('one-name', other, {}, 1)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const twice = await Promise.all([create('one-twice', one, {}, 0), create('one-twice', one, {}, 1)]);
    expect(twice.map(({ status }) => status).toSorted()).toEqual([200, 201]);
  });

  it.each([
    [{ identity_type: 'human' }, 'validation_error'],
    [{ identity_type: 'agent' }, 'validation_error'],
    [{ identity_type: undefined }, 'validation_error'],
    [{ display_name: undefined }, 'validation_error'],
    [{ display_name: 'Ours\u2066' }, 'validation_error'],
    [{ handle: 'a b' }, 'handle_invalid'],
    [{ handle: 'x' }, 'handle_invalid'],
    [{ handle: 'a\u0000b' }, 'handle_invalid'],
    [{ handle: "x'; DROP TABLE identities--" }, 'handle_invalid'],
    [{ handle: '../../etc' }, 'handle_invalid'],
    [{ handle: 'a'.repeat(31) }, 'handle_invalid'],
    [{ handle: '\u212Aate' }, 'handle_invalid'],
    [{ handle: 'Admin' }, 'handle_reserved'],
  ])('refuses %j', async (more, code) => {
    const as = { actor_id: 'user:x', username: 'x', method: 'msign', token_use: 'msign' };
    expect(codes(await create('fine-org', as, more))).toEqual([422, code]);
  });
});

describe('an organisation', () => {
  it('is changed and deleted by its owner alone; its name is never given again', async () => {
    const [owner, other] = [await somebody('org-owner'), await somebody('org-guest')];
    await create('owned-org', owner);
    const path = '/api/identities/owned-org';
    const body = { display_name: 'New', bio: 'Ours', website_url: 'https://ours.example/' };
    expect(codes(await world.call('PATCH', path, { body, as: other }))).toEqual([403, 'forbidden']);
    expect(codes(await world.call('DELETE', path, { as: other }))).toEqual([403, 'forbidden']);
    const changed = await world.call('PATCH', path, { body, as: owner });
    expect([changed.status, changed.body]).toMatchObject([200, body]);
    for (let i = 0; i < 2; i += 1) expect((await world.call('DELETE', path, { as: owner })).status).toBe(204);
    expect((await world.call('GET', path)).status).toBe(404);
    expect(codes(await world.call('PATCH', path, { body, as: owner }))).toEqual([404, 'identity_not_found']);
    expect((await create('owned-org', owner)).body.code).toBe('handle_taken');
  });

  it('is nobody’s to change when auth says that its founder owns it no more', async () => {
    const founder = await somebody('left-the-org');
    await create('left-org', founder);
    world.auth.actors.set('org_left-org', { owner: 'user:somebody-else' });
    const answer = await world.call('PATCH', '/api/identities/left-org', { body: { bio: 'x' }, as: founder });
    expect(codes(answer)).toEqual([403, 'forbidden']);
  });
});
