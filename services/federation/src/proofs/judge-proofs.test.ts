import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { attachProof, proofOptions, signingInput } from '@artdag/claims';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import { useFederation } from '../testing/kit.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';

type Json = Record<string, unknown>;

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });
const created = '2026-01-10T12:00:00Z';
const stranger = generateKeyPairSync('ed25519').privateKey;

/** A Like with a proof by its sender; `o` makes something wrong of it before it is signed. */
function proven(peer: RemotePeer, o: { keyId?: string; key?: typeof stranger; options?: Json } = {}) {
  const like = peer.activity('alice', { type: 'Like', object: 'https://elsewhere.example/1', content: 'ä€😀' });
  const { keyId, privateKey } = peer.assertionKeyOf('alice');
  const options = { ...proofOptions(like, o.keyId ?? keyId, created), ...o.options };
  return attachProof(like, options, sign(null, signingInput(like, options), o.key ?? privateKey)) as Json & {
    id: string;
  };
}

const withProof = (document: Json, change: Json): Json => ({
  ...document,
  proof: { ...(document['proof'] as Json), ...change },
});

async function send(peer: RemotePeer, document: Json): Promise<{ status: number; code: unknown; verdict: unknown }> {
  const answer = await peer.post('alice', `${kit.federation.url}/inbox`, document);
  const rows = await kit.sql('SELECT proof_verdict FROM inbox_log WHERE activity_id = $1', [document['id']]);
  const code = answer.text === '' ? undefined : (JSON.parse(answer.text) as Json)['code'];
  return { status: answer.status, code, verdict: rows.length === 0 ? 'not stored' : rows[0]?.['proof_verdict'] };
}

const accepted = (verdict: string | null) => ({ status: 202, code: undefined, verdict });
const refused = { status: 401, code: 'proof_invalid', verdict: 'not stored' };

describe('a proof of the sender', () => {
  it('is noted as valid', async () => {
    const peer = await kit.startPeer();
    expect(await send(peer, proven(peer))).toEqual(accepted('valid'));
  });

  it('is noted as valid beside a Linked Data Signature, which nobody reads', async () => {
    const peer = await kit.startPeer();
    const signature = { type: 'RsaSignature2017', creator: 'x', '@graph': [{ '@reverse': {} }] };
    expect(await send(peer, { ...proven(peer), signature })).toEqual(accepted('valid'));
  });

  it('is noted as valid in a list with one that we do not know', async () => {
    const peer = await kit.startPeer();
    const document = proven(peer);
    const list = [{ type: 'Other' }, document['proof']];
    expect(await send(peer, { ...document, proof: list })).toEqual(accepted('valid'));
  });
});

describe('an activity is refused, and not stored, when its proof', () => {
  const cases: [string, (peer: RemotePeer) => Json][] = [
    ['is of another document', (peer) => ({ ...proven(peer), content: 'changed' })],
    ['is of a document with fewer members', (peer) => ({ ...proven(peer), added: 1 })],
    ['was made by another key', (peer) => proven(peer, { key: stranger })],
    ['names another purpose', (peer) => proven(peer, { options: { proofPurpose: 'authentication' } })],
    ['was made on no day', (peer) => proven(peer, { options: { created: 'someday' } })],
    ['was changed itself', (peer) => withProof(proven(peer), { created: '2026-01-11T12:00:00Z' })],
    ['has another context', (peer) => proven(peer, { options: { '@context': 'https://example.com/other' } })],
    ['has no value', (peer) => withProof(proven(peer), { proofValue: null })],
    ['is no base58', (peer) => withProof(proven(peer), { proofValue: 'z0OIl' })],
    ['is 200 KiB of base58', (peer) => withProof(proven(peer), { proofValue: `z${'2'.repeat(200_000)}` })],
    [
      'stands in a list with a good one',
      (peer) => {
        const document = proven(peer);
        return { ...document, proof: [document['proof'], withProof(document, { created: 'x' })['proof']] };
      },
    ],
  ];

  it.each(cases)('%s', async (_, make) => {
    const peer = await kit.startPeer();
    const started = performance.now();
    expect(await send(peer, make(peer))).toEqual(refused);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('is over a number that canonical JSON does not have', async () => {
    const peer = await kit.startPeer();
    const document = proven(peer);
    const text = JSON.stringify(document).replace('"type":"Like"', '"type":"Like","size":1e400');
    const answer = await peer.post('alice', `${kit.federation.url}/inbox`, text);
    expect([answer.status, (JSON.parse(answer.text) as Json)['code']]).toEqual([401, 'proof_invalid']);
  });
});

describe('a proof is ignored, and the HTTP signature decides, when', () => {
  const cases: [string, string | null, (peer: RemotePeer) => Json][] = [
    ['its key is not one of the sender’s', 'unresolved', (p) => proven(p, { keyId: 'https://elsewhere.example/k' })],
    ['its cryptosuite is unknown', 'unknown', (p) => withProof(proven(p), { cryptosuite: 'bbs-2023' })],
    ['its type is unknown', 'unknown', (p) => withProof(proven(p), { type: 'Ed25519Signature2020' })],
    ['it is a string', 'unknown', (p) => ({ ...proven(p), proof: 'https://elsewhere.example/proof' })],
    ['there are none in the list', 'unknown', (p) => ({ ...proven(p), proof: [] })],
    ['it is null', null, (p) => ({ ...proven(p), proof: null })],
    [
      'the fifth of five is false',
      'unknown',
      (p) => ({
        ...proven(p),
        proof: [1, 2, 3, 4, withProof(proven(p), { created: 'x' })['proof']],
      }),
    ],
  ];

  it.each(cases)('%s', async (_, verdict, make) => {
    const peer = await kit.startPeer();
    expect(await send(peer, make(peer))).toEqual(accepted(verdict));
  });
});
