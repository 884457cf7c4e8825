import { verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { actorKeysChanged } from '@artdag/events';
import { kit, rotate, startCustody, stores, type Custody } from '../actor-keys/custody.testing.ts';
import { testPublicUrl, type Answer, type RunningIdentity } from '../start-identity.testing.ts';

let custody: Custody;
beforeEach(async () => {
  custody = await startCustody();
});
afterEach(() => custody.close());

const checkpoint = Buffer.from('l2.example.com/log\n7\nroot\n');
const first = `${testPublicUrl}/log#ed25519-key`;

async function signAs(identity: RunningIdentity, service: string, change: object = {}): Promise<Answer['body']> {
  const item = { actor_id: 'service:log', key: 'ed25519', key_id: first, data: checkpoint.toString('base64') };
  const headers = { 'x-actor-assertion': kit.service(service) };
  const { body } = await identity.post('/internal/sign', { items: [{ ...item, ...change }] }, headers);
  return body.signatures[0];
}

async function keysOf(identity: RunningIdentity, query = ''): Promise<Answer> {
  const headers = { 'x-actor-assertion': kit.service('asset-registry') };
  return await identity.get(`/internal/identity/actor-keys/service%3Alog${query}`, headers);
}

describe.each(stores)('the log, whose keys are in %s', (_where, config) => {
  it('has an Ed25519 key and no other, made when it is first asked for, which signs for asset-registry', async () => {
    const identity = await custody.start(config);
    const { status, body } = await keysOf(identity);
    expect(status).toBe(200);
    expect(body).toMatchObject({ actor_id: 'service:log', username: 'log', version: 1 });
    expect(body.keys).toEqual([expect.objectContaining({ key_id: first, kind: 'ed25519', status: 'primary' })]);
    const { signature } = await signAs(identity, 'asset-registry');
    expect(verify(null, checkpoint, body.keys[0].public_key_pem, Buffer.from(signature, 'base64'))).toBe(true);
    const [event] = await custody.sql('SELECT payload FROM identity.outbox');
    expect(actorKeysChanged.parse(JSON.parse(String(event?.['payload']))).data.keys[0]?.key_id).toBe(first);
  });

  it('needs no auth once identity knows its caller', async () => {
    const identity = await custody.start(config);
    const headers = { 'x-actor-assertion': kit.service('asset-registry') };
    expect((await identity.get('/internal/identity/actor-keys/user%3Anobody', headers)).status).toBe(404);
    custody.auth.down = true;
    expect((await keysOf(identity, '?kind=ed25519')).status).toBe(200);
    expect(await signAs(identity, 'asset-registry')).toHaveProperty('signature');
  });

  it('signs for no other service, and by no RSA key', async () => {
    const identity = await custody.start(config);
    const refused = { error: expect.objectContaining({ status: 403, code: 'not_your_actor' }) };
    expect(await signAs(identity, 'federation')).toEqual(refused);
    expect(await signAs(identity, 'l1-bridge')).toEqual(refused);
    expect(await signAs(identity, 'asset-registry', { key: 'rsa', key_id: `${testPublicUrl}/log#main-key` })).toEqual(
      refused,
    );
    expect(await custody.sql('SELECT 1 FROM identity.actor_keys')).toEqual([]);
  });

  it('is rotated as actors are: the next key signs, the former one stays listed', async () => {
    const identity = await custody.start(config);
    await signAs(identity, 'asset-registry');
    expect((await rotate(identity, { username: 'log' })).status).toBe(200);
    const changed = await signAs(identity, 'asset-registry');
    expect(changed.error).toMatchObject({ status: 409, code: 'key_changed', key_id: `${first}-2` });
    expect(await signAs(identity, 'asset-registry', { key_id: `${first}-2` })).toHaveProperty('signature');
    const { body } = await keysOf(identity);
    expect(body.keys.map((key: { key_id: string; status: string }) => [key.key_id, key.status])).toEqual([
      [first, 'retired'],
      [`${first}-2`, 'primary'],
    ]);
  });
});

describe.each(stores)('the instance, whose keys are in %s', (_where, config) => {
  const keyId = `${testPublicUrl}/actor#main-key`;
  const asInstance = { actor_id: 'service:instance', key: 'rsa', key_id: keyId };

  it('has both keys, made when they are first asked for, that sign for federation and l1-bridge alone', async () => {
    const identity = await custody.start(config);
    const headers = { 'x-actor-assertion': kit.service('federation') };
    const { body } = await identity.get('/internal/identity/actor-keys/service%3Ainstance', headers);
    expect(body.keys.map((key: { key_id: string }) => key.key_id).toSorted()).toEqual([
      `${testPublicUrl}/actor#ed25519-key`,
      keyId,
    ]);
    for (const service of ['federation', 'l1-bridge']) {
      const { signature } = await signAs(identity, service, asInstance);
      const { public_key_pem: pem } = body.keys.find((key: { kind: string }) => key.kind === 'rsa');
      expect(verify('sha256', checkpoint, pem, Buffer.from(signature, 'base64'))).toBe(true);
    }
    expect(await signAs(identity, 'asset-registry', asInstance)).toEqual({
      error: expect.objectContaining({ status: 403, code: 'not_your_actor' }),
    });
  });

  it('is rotated as actors are', async () => {
    const identity = await custody.start(config);
    await signAs(identity, 'federation', asInstance);
    expect((await rotate(identity, { username: 'actor' })).status).toBe(200);
    const { error } = await signAs(identity, 'federation', asInstance);
    expect(error).toMatchObject({ code: 'key_changed', key_id: `${keyId}-2` });
    expect(await signAs(identity, 'federation', { ...asInstance, key_id: `${keyId}-2` })).toHaveProperty('signature');
  });
});
