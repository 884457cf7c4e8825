import { createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCertificate, verifyCertificate, type Answer, type Certificate } from '@artdag/certificates';
import { publicKeyMultibase } from '@artdag/claims';
import { createInProcessTransport, type Transport } from '@artdag/messaging';
import { eventually, quietLogger } from '@artdag/testing';
import { parseVkey } from '@artdag/transparency-log';
import type { KeyStatus, LoggedKey } from '../log/key-document.ts';
import { keysEvent, publish } from '../testing/publish.testing.ts';
import { startSuite, type RegistrySuite } from '../testing/suite.testing.ts';

let suite: RegistrySuite;
let transport: Transport;

beforeAll(async () => {
  transport = createInProcessTransport({ logger: quietLogger(), topology: [] });
  suite = await startSuite({ env: { LOG_INTERVAL_MS: '20' }, overrides: { transport } });
});
afterAll(async () => {
  await suite?.remove();
  await transport?.close();
});

/** What identity would say of the key that signs for somebody. */
function loggedKey(username: string, status: KeyStatus = 'primary'): LoggedKey {
  const { keyId, publicKey } = suite.identity.keyOf(`user:${username}`);
  return {
    ...{ key_id: keyId, kind: 'ed25519', status },
    public_key_pem: publicKeyOf(publicKey).export({ type: 'spki', format: 'pem' }).toString(),
    public_key_multibase: publicKeyMultibase(publicKey),
  };
}

function publicKeyOf(raw: Buffer): KeyObject {
  const example = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
  return createPublicKey({ key: Buffer.concat([example.subarray(0, 12), raw]), type: 'spki', format: 'der' });
}

/** Somebody whose key is in the log. */
async function newOwner(): Promise<string> {
  const username = `u${randomUUID().slice(0, 8)}`;
  await publish(transport, keysEvent(username, 1, [loggedKey(username)]));
  return username;
}

async function certificateAt(path: string): Promise<Certificate> {
  let text = '';
  await eventually(async () => {
    const answer = await suite.get(path);
    text = answer.text;
    return answer.status === 200;
  });
  return readCertificate(text);
}

async function answersTo(certificate: Certificate, fileHash: string): Promise<Record<string, Answer>> {
  const { body } = await suite.get('/log/vkeys').expect(200);
  const trustedKeys = (body as { vkeys: { vkey: string }[] }).vkeys.map(({ vkey }) => parseVkey(vkey));
  return Object.fromEntries(verifyCertificate({ certificate, fileHash, trustedKeys }).map((each) => [each.line, each]));
}

const holding = Object.fromEntries(
  ['content', 'signature', 'leaf', 'inclusion', 'key', 'log_signature'].map((line) => [
    line,
    expect.objectContaining({ verdict: 'yes' }),
  ]),
);

describe('the certificate of a claim', () => {
  it('proves all but the anchor within seconds, by the names of asset, activity and index', async () => {
    const owner = await newOwner();
    const { name, contentHash, body } = await suite.registered(owner);
    const byName = await certificateAt(`/assets/${name}/certificate`);
    expect(await answersTo(byName, contentHash)).toMatchObject({
      ...holding,
      anchored: { verdict: 'open' },
      chain: { verdict: 'open' },
    });
    const activityId = String(body['activity_id']);
    const byId = await suite.get(`/activities/${activityId}/certificate`).expect(200);
    expect(byId.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${activityId}.artdag-certificate.json"`,
      'cache-control': 'no-cache',
    });
    expect(readCertificate(byId.text).activity).toEqual(body['activity']);
    const { rows } = await suite.tables.pool.query<{ seq: string }>(
      'SELECT seq FROM log_entries WHERE activity_id = $1',
      [activityId],
    );
    expect(readCertificate((await suite.get(`/activities/${rows[0]?.seq}/certificate`).expect(200)).text).leaf).toBe(
      byName.leaf,
    );
  });

  it('is there for changes and deletions as well, and stays after the asset is gone', async () => {
    const owner = await newOwner();
    const { name, contentHash } = await suite.registered(owner);
    const path = `/assets/${name}`;
    await fetch(`${suite.url}${path}`, { method: 'DELETE', headers: suite.as(owner) });
    const { body } = await suite.get('/activities?type=Delete').expect(200);
    const [deletion] = (body as { activities: { id: string }[] }).activities;
    const ofDeletion = await certificateAt(`/activities/${deletion?.id.split('/').at(-1)}/certificate`);
    expect(await answersTo(ofDeletion, contentHash)).toMatchObject(holding);
    expect(await answersTo(await certificateAt(`${path}/certificate`), contentHash)).toMatchObject(holding);
  });

  it('says when the key that signed was retired, and does not count what a compromised one signed', async () => {
    const owner = await newOwner();
    const { name, contentHash } = await suite.registered(owner);
    const path = `/assets/${name}/certificate`;
    await certificateAt(path);
    const end = async (status: KeyStatus, version: number): Promise<void> => {
      const at = new Date(Date.now() + 60_000);
      await publish(transport, keysEvent(owner, version, [loggedKey(owner, status)], at));
    };
    await end('retired', 2);
    await eventually(async () => (await certificateAt(path)).keyEnd !== null);
    const retired = await answersTo(await certificateAt(path), contentHash);
    expect(retired).toMatchObject({
      ...holding,
      key: { verdict: 'yes', text: expect.stringContaining('was retired') },
    });
    await end('compromised', 3);
    await eventually(async () => (await answersTo(await certificateAt(path), contentHash))['key']?.verdict === 'no');
  });

  it('waits, and says so, until a signed checkpoint covers both claim and key', async () => {
    const { name } = await suite.registered(`u${randomUUID().slice(0, 8)}`);
    const answer = await suite.get(`/assets/${name}/certificate`).expect(404);
    expect(answer.body).toMatchObject({ code: 'not_in_log_yet' });
    expect(answer.headers['retry-after']).toBe('5');
  });

  it('is none for what is not there', async () => {
    for (const path of [
      ...['/assets/nobody-has-this/certificate', '/assets/%00/certificate', `/activities/${randomUUID()}/certificate`],
      ...['/activities/999999/certificate', '/activities/-1/certificate', '/activities/x/certificate'],
    ]) {
      expect([path, (await suite.get(path)).body]).toEqual([path, expect.objectContaining({ code: 'not_found' })]);
    }
  });

  it('is gone with the salt', async () => {
    const owner = await newOwner();
    const { name, body } = await suite.registered(owner);
    await certificateAt(`/assets/${name}/certificate`);
    await suite.tables.pool.query('DELETE FROM log_salts WHERE activity_id = $1', [body['activity_id']]);
    const answer = await suite.get(`/assets/${name}/certificate`).expect(410);
    expect(answer.body).toMatchObject({ code: 'erased' });
  });
});
