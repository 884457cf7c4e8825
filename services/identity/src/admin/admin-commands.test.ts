import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rawPublicKey } from '@artdag/msign';
import { startFakeAuth } from '@artdag/testing';
import { keyIdOf, sign, startCustody, verifies, type Custody } from '../actor-keys/custody.testing.ts';
import { admin } from './admin-cli.testing.ts';

let custody: Custody;
beforeEach(async () => {
  custody = await startCustody();
  custody.addActor('giles');
});
afterEach(() => custody.close());

const both = [
  { name: 'giles', kind: 'rsa' },
  { name: 'giles', kind: 'ed25519' },
] as const;

describe('artdag-admin rotate-key ap-actor', () => {
  it('rotates both keys or one, and lists what there is', async () => {
    const identity = await custody.start();
    await sign(identity, both);
    const env = { AUTH_URL: custody.auth.url, IDENTITY_URL: `${identity.url}/` };
    const first = await admin(env, 'rotate-key', 'ap-actor', '--user', 'giles');
    custody.hear(first.out);
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toContain(`retired      ${keyIdOf('giles', 'rsa')}\n`);
    expect(first.out).toContain(`primary      ${keyIdOf('giles', 'rsa', 2)}\n`);
    const wanted = ['rotate-key', 'ap-actor', '--user', 'giles', '--key', 'ed25519', '--compromised', '--json'];
    const { json } = await admin(env, ...wanted);
    const statuses = Object.fromEntries(
      json.keys.map(({ key_id, status }: { key_id: string; status: string }) => [key_id, status]),
    );
    expect(statuses).toEqual({
      [keyIdOf('giles', 'rsa')]: 'retired',
      [keyIdOf('giles', 'rsa', 2)]: 'primary',
      [keyIdOf('giles', 'ed25519')]: 'retired',
      [keyIdOf('giles', 'ed25519', 2)]: 'compromised',
      [keyIdOf('giles', 'ed25519', 3)]: 'primary',
    });
    const [result] = await sign(identity, [{ name: 'giles', kind: 'ed25519', n: 3 }]);
    expect(await verifies(custody, result)).toBe(true);
    expect(custody.auth.notes).toMatchObject([
      { action: 'actor_keys.rotated', target: 'giles', options: { kind: 'all', compromised: false } },
      { action: 'actor_keys.rotated', target: 'giles', options: { kind: 'ed25519', compromised: true } },
    ]);
  });

  it('fails in a sentence: for nobody, for somebody without keys, with identity or auth away, with a wrong secret', async () => {
    const identity = await custody.start();
    const env = { AUTH_URL: custody.auth.url, IDENTITY_URL: identity.url };
    const command = ['rotate-key', 'ap-actor', '--user', 'giles'];
    expect(await admin(env, ...command)).toMatchObject({
      ...{ code: 1, out: '' },
      err: 'artdag-admin: giles has no keys to rotate; the first is made when it is used. (keys_not_found)\n',
    });
    expect((await admin(env, 'rotate-key', 'ap-actor')).err).toContain('--user <handle>');
    expect((await admin(env, ...command, '--key', 'ecdsa')).code).toBe(1);
    const away = await admin({ ...env, IDENTITY_URL: 'http://127.0.0.1:1' }, ...command);
    expect(away.err).toContain('identity at http://127.0.0.1:1 cannot be reached');
    const auth = await startFakeAuth({ internalSecret: 'another secret, also of more than 32 characters' });
    const wrong = await admin({ ...env, AUTH_URL: auth.url }, ...command);
    await auth.close();
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('does not take our key')]);
    expect((await admin({ ...env, IDENTITY_URL: 'identity' }, ...command)).err).toContain('IDENTITY_URL is "identity"');
  });
});

describe('artdag-admin recover-identity', () => {
  it('asks identity to give the handle that key, with what else it was told', async () => {
    const seen: { url: string | undefined; body: unknown; assertion: unknown }[] = [];
    const server = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
        seen.push({ url: req.url, body, assertion: req.headers['x-actor-assertion'] });
        res.writeHead(201, { 'content-type': 'application/json' }).end('{"key_id":"key_1","fingerprint":"sha256:x"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const key = rawPublicKey(generateKeyPairSync('ed25519').publicKey).toString('base64');
    const command = ['recover-identity', 'giles', '--public-key', key, '--label', 'new laptop', '--force'];
    const { code, out } = await admin({ AUTH_URL: custody.auth.url, IDENTITY_URL: url }, ...command);
    server.close();
    expect([code, out]).toEqual([0, 'giles signs in with the key sha256:x (key_1) from now on.\n']);
    expect(seen).toEqual([
      {
        url: '/internal/admin/recover-identity',
        body: { handle: 'giles', public_key_b64: key, label: 'new laptop', force: true },
        assertion: expect.stringMatching(/^eyJ/),
      },
    ]);
    expect((await admin({}, 'recover-identity', 'giles')).code).toBe(1);
  });
});
