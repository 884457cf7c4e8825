import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { call, newAccount, newContentHash, type Account } from './lib/api-client.ts';
import { startFedifyPeer, type Arrival, type FedifyPeer } from './lib/fedify.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

type Json = Record<string, unknown>;

let suite: StandaloneSuite;
let peer: FedifyPeer;
let giles: Account;
let anya: Account;
/** Signed claims on one asset of giles, by their type. */
const claims: Record<'Create' | 'Update' | 'Delete', Json> = { Create: {}, Update: {}, Delete: {} };
let foreign: Json;

const types = ['Create', 'Update', 'Delete'] as const;

const proofsOf = async (documents: readonly Json[]) => (await peer.verify(documents)).map(({ proof }) => proof);

async function arrived(type: string, id: string): Promise<Arrival> {
  return await eventually(async () => {
    const found = (await peer.received()).received.find((each) => each.type === type && each.id === id);
    if (!found) throw new Error(`no ${type} ${id} has arrived`);
    return found;
  });
}

beforeAll(async () => {
  suite = await startStandalone();
  peer = await startFedifyPeer();
  giles = await newAccount(suite.url);
  anya = await newAccount(suite.url);
  const { host } = new URL(suite.url);
  const finger = `/.well-known/webfinger?resource=acct:${giles.username}@${host}`;
  await eventually(async () => (await call(suite.url, finger)).status === 200);
  await peer.follow(`acct:${giles.username}@${host}`);
  await eventually(async () => (await peer.received()).received.some(({ type }) => type === 'Accept'));
  const body = { name: `work-${giles.username}`, content_hash: newContentHash(), asset_type: 'video', tags: ['art'] };
  const whole = { ...body, url: 'https://example.com/w', metadata: { fps: 25 } };
  claims.Create = (await call(suite.url, '/assets', { token: giles.token, body: whole })).body['activity'] as Json;
  const path = `/assets/${body.name}`;
  const change = { tags: ['light'], description: 'Words.', metadata: { fps: 30 } };
  claims.Update = (await call(suite.url, path, { method: 'PATCH', token: giles.token, body: change })).body[
    'activity'
  ] as Json;
  await call(suite.url, path, { method: 'DELETE', token: giles.token });
  const { body: page } = await call(suite.url, `/activities?actor=${giles.username}&type=Delete`);
  [claims.Delete = {}] = page['activities'] as Json[];
  const other = { name: `work-${anya.username}`, content_hash: newContentHash(), asset_type: 'image' };
  foreign = (await call(suite.url, '/assets', { token: anya.token, body: other })).body['activity'] as Json;
});
afterAll(async () => {
  await peer?.process.stop();
  await suite?.remove();
});

/** The document with one member changed, for each member at any depth but those of contexts. */
function changed(document: Json, path: readonly string[] = []): [string, Json][] {
  return Object.entries(document).flatMap(([name, value]): [string, Json][] => {
    const here = [...path, name];
    if (name === '@context') return [];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return changed(value as Json, here).map(([where, inner]): [string, Json] => [
        where,
        { ...document, [name]: inner },
      ]);
    }
    return [[here.join('.'), { ...document, [name]: another(value) }]];
  });
}

function another(value: unknown): unknown {
  if (Array.isArray(value)) return [...(value as unknown[]), 'https://example.com/added'];
  if (typeof value === 'number') return value + 1;
  const text = String(value);
  // The last character but one, so that a time stays one and a proof value keeps its alphabet.
  const at = text.length - 2;
  return `${text.slice(0, at)}${text[at] === '1' ? '2' : '1'}${text.slice(at + 1)}`;
}

describe('Fedify', () => {
  it('verifies the proofs of our Create, Update and Delete', async () => {
    expect(types.map((type) => claims[type]['type'])).toEqual(types);
    expect(await proofsOf([...types.map((type) => claims[type]), foreign])).toEqual([
      ...['verified', 'verified', 'verified', 'verified'],
    ]);
  });

  it('gets all three as a follower, in their order, and verifies what was delivered', async () => {
    for (const type of types) {
      const arrival = await arrived(type, String(claims[type]['id']));
      expect(arrival).toMatchObject({
        ...{ proof: 'verified', linkedDataSignature: 'verified', httpSignature: { verified: true }, effect: true },
      });
      expect(arrival.body).toMatchObject(claims[type]);
    }
    const { received } = await peer.received();
    expect(received.map(({ type }) => type).filter((type) => types.some((each) => each === type))).toEqual(types);
  });

  it.each(types)('refuses a %s with any one member changed, its proof’s included', async (type) => {
    const tampered = changed(claims[type]);
    expect(tampered.length).toBeGreaterThan(12);
    const verdicts = await proofsOf(tampered.map(([, document]) => document));
    expect(tampered.filter((_, i) => verdicts[i] === 'verified').map(([where]) => where)).toEqual([]);
  });

  it.each(types)('refuses the Linked Data Signature of a delivered %s with any one member changed', async (type) => {
    const { body } = await arrived(type, String(claims[type]['id']));
    const signed = async (documents: readonly Json[]) =>
      (await peer.verify(documents)).map(({ linkedDataSignature }) => linkedDataSignature);
    expect(await signed([body])).toEqual(['verified']);
    const tampered = changed(body);
    expect(tampered.map(([where]) => where)).toEqual(
      expect.arrayContaining(['actor', 'proof.proofValue', 'signature.created']),
    );
    const verdicts = await signed(tampered.map(([, document]) => document));
    expect(tampered.filter((_, i) => verdicts[i] === 'verified').map(([where]) => where)).toEqual([]);
  });

  it.each(types)('refuses a %s with a member more or less', async (type) => {
    const { published: _published, ...less } = claims[type];
    const more = { ...claims[type], summary: 'added' };
    expect(await proofsOf([less, more])).not.toContain('verified');
  });

  it('refuses proofs that belong to another activity, also of the same actor', async () => {
    const all = [...types.map((type) => claims[type]), foreign];
    const swapped = all.flatMap((document) =>
      all.filter((other) => other !== document).map((other) => ({ ...document, proof: other['proof'] })),
    );
    expect(swapped).toHaveLength(12);
    expect(await proofsOf(swapped)).not.toContain('verified');
  });

  it('refuses a claim in another’s name, and one that names another’s key', async () => {
    const proof = claims.Create['proof'] as Json;
    const { verificationMethod } = foreign['proof'] as Json;
    const forged = [
      { ...foreign, actor: claims.Create['actor'] },
      { ...claims.Create, actor: foreign['actor'] },
      { ...claims.Create, proof: { ...proof, verificationMethod } },
      { ...claims.Create, proof: { ...proof, created: '2026-01-01T00:00:00Z' } },
    ];
    expect(await proofsOf(forged)).not.toContain('verified');
  });
});
