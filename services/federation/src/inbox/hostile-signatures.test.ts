import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { PostOptions, RemotePeer } from '../testing/remote-peer.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const inbox = () => `${kit.federation.url}/inbox`;
const like = (peer: RemotePeer) => peer.activity('alice', { type: 'Like', object: 'https://elsewhere.example/1' });
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
const elsewhere = () => `${kit.federation.url}/users/giles/inbox`;

type Case = [string, string, (peer: RemotePeer) => PostOptions];

/** Rows that both schemes have, art-dag-l2.md §8.11. */
const common: Case[] = [
  ['body changed under a covered digest', 'digest_mismatch', (peer) => ({ body: JSON.stringify(like(peer)) })],
  ['made for another path', 'signature_invalid', () => ({ tweak: { url: elsewhere() } })],
  ['another key under the keyId', 'signature_invalid', () => ({ tweak: { privateKey: stranger } })],
  ['stale', 'date_skew', () => ({ tweak: { date: minutesAgo(6) } })],
  ['of the future', 'date_skew', () => ({ tweak: { date: minutesAgo(-6) } })],
  ['garbage', 'signature_invalid', () => ({ unsigned: [['signature', 'garbage']] })],
  ['over 8 KiB', 'signature_invalid', () => ({ unsigned: [['signature', `a="${'x '.repeat(5000)}"`]] })],
];

const draftCavage: Case[] = [
  ['digest changed with the body', 'digest_mismatch', () => ({ unsigned: [['digest', 'SHA-256=AAAA']] })],
  ['digest not covered', 'signature_invalid', () => ({ tweak: { covered: ['(request-target)', 'host', 'date'] } })],
  ['request target not covered', 'signature_invalid', () => ({ tweak: { covered: ['host', 'date', 'digest'] } })],
  ['made for another host', 'signature_invalid', () => ({ tweak: { headers: { host: 'elsewhere.example' } } })],
  [
    'stale date behind a fresh unsigned X-Date',
    'date_skew',
    () => ({ tweak: { date: minutesAgo(60) }, unsigned: [['x-date', new Date().toUTCString()]] }),
  ],
  ['garbage date', 'signature_invalid', () => ({ tweak: { headers: { date: 'yesterday' } } })],
  ['no date', 'signature_invalid', () => ({ tweak: { covered: ['(request-target)', 'host', 'digest'] } })],
  [
    'date given twice',
    'signature_invalid',
    () => ({ unsigned: [minutesAgo(0), minutesAgo(1)].map((date): [string, string] => ['date', date.toUTCString()]) }),
  ],
  [
    'not base64',
    'signature_invalid',
    (p) => ({ unsigned: [['signature', `keyId="${p.keyId('alice')}",headers="date",signature="***"`]] }),
  ],
  [
    'thousands of header names',
    'signature_invalid',
    () => ({ unsigned: [['signature', `keyId="k",headers="${'x '.repeat(3000)}",signature="AAAA"`]] }),
  ],
];

const by9421 = (parameters: (peer: RemotePeer) => string) => (peer: RemotePeer) => ({
  tweak: { parameters: parameters(peer) },
});

const rfc9421: Case[] = [
  ['digest changed with the body', 'digest_mismatch', () => ({ unsigned: [['content-digest', 'sha-256=:AAAA:']] })],
  ['digest not covered', 'signature_invalid', () => ({ tweak: { covered: ['@method', '@target-uri'] } })],
  ['target not covered', 'signature_invalid', () => ({ tweak: { covered: ['@method', 'content-digest'] } })],
  ['method not covered', 'signature_invalid', () => ({ tweak: { covered: ['@target-uri', 'content-digest'] } })],
  ['made for another host', 'signature_invalid', () => ({ unsigned: [['host', 'elsewhere.example']] })],
  ['made over https', 'signature_invalid', () => ({ tweak: { url: inbox().replace('http:', 'https:') } })],
  ['never made', 'signature_invalid', by9421((peer) => `;keyid="${peer.keyId('alice')}"`)],
  ['no keyid', 'signature_invalid', by9421(() => `;created=${seconds(minutesAgo(0))}`)],
  [
    'expired',
    'date_skew',
    by9421((p) => `;created=${seconds(minutesAgo(2))};expires=${seconds(minutesAgo(1))};keyid="${p.keyId('alice')}"`),
  ],
  [
    'by an algorithm that is not taken',
    'signature_invalid',
    by9421((p) => `;created=${seconds(minutesAgo(0))};keyid="${p.keyId('alice')}";alg="rsa-v1_5-sha1"`),
  ],
  ['not base64', 'signature_invalid', () => ({ unsigned: [['signature', 'sig1=:***:']] })],
  [
    'thousands of components',
    'signature_invalid',
    () => ({ unsigned: [['signature-input', `sig1=(${'"x" '.repeat(2500)})`]] }),
  ],
  [
    'a label given twice',
    'signature_invalid',
    (p) => ({ unsigned: [['signature-input', `sig1=();keyid="${p.keyId('alice')}", sig1=()`]] }),
  ],
];

/** All else is seen before a key is asked for. */
const seenByTheKey = new Set(['made for another path', 'made over https', 'another key under the keyId']);

const schemes = [
  ['draft-cavage', [...common, ...draftCavage]],
  ['rfc9421', [...common, ...rfc9421]],
] as const;

describe('no signature', () => {
  it('is 401 signature_missing, and says what it should cover', async () => {
    const peer = await kit.startPeer();
    const headers: [string, string][] = [['content-type', 'application/activity+json']];
    const answer = await send(inbox(), { method: 'POST', headers, body: JSON.stringify(like(peer)) });
    expect(answer.status).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'signature_missing' });
    expect(answer.headers['accept-signature']).toBe('sig1=("@method" "@target-uri" "content-digest");created');
  });

  it('is what a Signature-Input alone is', async () => {
    const peer = await kit.startPeer();
    const headers: [string, string][] = [
      ['content-type', 'application/activity+json'],
      ['signature-input', 'sig1=("@method");created=1;keyid="k"'],
    ];
    const answer = await send(inbox(), { method: 'POST', headers, body: JSON.stringify(like(peer)) });
    expect([answer.status, answer.json()['code']]).toEqual([401, 'signature_missing']);
  });
});

describe.each(schemes)('a signature by %s that does not hold', (scheme, cases) => {
  it.each(cases)('%s: 401 %s', async (name, code, options) => {
    const peer = await kit.startPeer();
    const { tweak, ...rest } = options(peer);
    const answer = await peer.post('alice', inbox(), like(peer), { ...rest, tweak: { scheme, ...tweak } });
    expect(answer.json()).toMatchObject({ code, detail: expect.any(String), request_id: expect.any(String) });
    expect(answer.status).toBe(401);
    expect(answer.headers['accept-signature'] !== undefined).toBe(code !== 'date_skew');
    expect([...new Set(peer.fetches)]).toEqual(seenByTheKey.has(name) ? ['/users/alice'] : []);
  });

  it.each([
    ['holds', {}, 202],
    ['is 280 s old', { date: minutesAgo(280 / 60) }, 202],
    ['holds, of another actor of the same host', { keyId: 'mallory' }, 401],
  ])('but one that %s: %d', async (_name, { keyId, ...tweak }: { keyId?: string; date?: Date }, status) => {
    const peer = await kit.startPeer();
    const as = keyId && { keyId: peer.keyId(keyId), privateKey: peer.keyOf(keyId) };
    const answer = await peer.post('alice', inbox(), like(peer), { tweak: { scheme, ...tweak, ...as } });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.json()).toMatchObject({ code: 'key_owner_mismatch' });
  });
});

describe('signatures by RFC 9421', () => {
  it('of a proxy beside the sender’s: the sender’s counts', async () => {
    const peer = await kit.startPeer();
    const tweak = { scheme: 'rfc9421' as const };
    const document = like(peer);
    const body = Buffer.from(JSON.stringify(document));
    const signed = peer.sign('alice', inbox(), body, tweak);
    const proxy = `("@method" "@target-uri" "content-digest");created=${seconds(new Date())};keyid="https://proxy.example/k"`;
    const headers = Object.entries({
      ...signed,
      'signature-input': `proxy=${proxy}, ${signed['signature-input']}`,
      signature: `proxy=:AAAA:, ${signed['signature']}`,
    });
    expect((await send(inbox(), { method: 'POST', headers, body })).status).toBe(202);
    expect(peer.fetches).toEqual(['/users/alice']);
  });

  it('of a blocked proxy: 403, as its host is one that is blocked', async () => {
    const peer = await kit.startPeer();
    await kit.sql("INSERT INTO blocked_hosts (host, reason) VALUES ('blocked.example', 'test')");
    const keyId = 'https://blocked.example/k';
    const answer = await peer.post('alice', inbox(), like(peer), { tweak: { scheme: 'rfc9421', keyId } });
    expect([answer.status, answer.json()['code'], peer.fetches]).toEqual([403, 'host_blocked', []]);
  });

  it('by an Ed25519 key of the actor’s assertionMethod: 202', async () => {
    const peer = await kit.startPeer();
    const { keyId, privateKey } = peer.assertionKeyOf('alice');
    for (let i = 0; i < 2; i += 1) {
      const answer = await peer.post('alice', inbox(), like(peer), { tweak: { scheme: 'rfc9421', keyId, privateKey } });
      expect(answer.status).toBe(202);
    }
    expect(peer.fetches).toEqual(['/users/alice']);
  });
});
