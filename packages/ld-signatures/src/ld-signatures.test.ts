import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { signJsonLd, verifySignature } from '@fedify/fedify/sig';
import { preloadedContexts } from '@fedify/vocab-runtime';
import { loadBundledContext } from './bundled-contexts.ts';
import { bytesToSign, NotCanonical, signDocument, verifyDocument } from './index.ts';

type Json = Record<string, unknown>;

const actor = 'https://l2.example/users/giles';
const creator = `${actor}#main-key`;
const created = '2026-01-10T12:00:05Z';
const context = [
  'https://www.w3.org/ns/activitystreams',
  'https://w3id.org/security/data-integrity/v1',
  {
    Hashtag: 'as:Hashtag',
    algorithm: 'artdag:algorithm',
    artdag: 'https://artdag.rose-ash.com/ns#',
    contentHash: 'artdag:contentHash',
    metadata: { '@id': 'artdag:metadata', '@type': '@json' },
    value: 'artdag:value',
  },
];
const claim: Json = {
  '@context': context,
  type: 'Create',
  id: 'https://l2.example/activities/5f0c1d3e-0000-4000-8000-000000000001',
  actor,
  published: '2026-01-10T12:00:00Z',
  to: ['https://www.w3.org/ns/activitystreams#Public'],
  cc: [`${actor}/followers`],
  object: {
    type: 'Video',
    name: 'my-video',
    id: 'https://l2.example/objects/abab',
    contentHash: { algorithm: 'sha3-256', value: 'abab' },
    digestMultibase: 'zW1m',
    attributedTo: actor,
    mediaType: 'video/mp4',
    url: 'https://l2.example/v.mp4',
    tag: [
      { type: 'Hashtag', name: '#art' },
      { type: 'Hashtag', name: '#light' },
    ],
    metadata: { fps: 25, deep: { list: [1, 'two', null, true] } },
  },
  proof: {
    '@context': context,
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-jcs-2022',
    created: '2026-01-10T12:00:00Z',
    verificationMethod: `${actor}#ed25519-key`,
    proofPurpose: 'assertionMethod',
    proofValue: 'z3sXaxjKs4M3BRicwWA9peyNPJvJqxtGsDmpt1jjoHCjgeUf71TRFz56osPSfDErszyLp5Ks1EhYSgpDaNM977Rg2',
  },
};

let publicKey: KeyObject;
let privateKey: KeyObject;
let pem: string;
let signed: Json;

const sign = async (bytes: Buffer): Promise<Buffer> => createSign('sha256').update(bytes).sign(privateKey);

/** What Fedify asks for: the key document of our actor, and the contexts that it has itself. */
async function documentLoader(url: string) {
  const own = preloadedContexts[url];
  const key = { id: creator, type: 'CryptographicKey', owner: actor, publicKeyPem: pem };
  if (own === undefined && url !== creator) throw new Error(`nobody should ask for ${url}`);
  const document = own ?? { '@context': 'https://w3id.org/security/v1', ...key };
  return { contextUrl: null, documentUrl: url, document };
}
const loaders = { documentLoader, contextLoader: documentLoader };

const isBelievedByFedify = async (document: Json): Promise<boolean> =>
  (await verifySignature(document, loaders)) !== null;

beforeAll(async () => {
  ({ publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 }));
  pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  signed = await signDocument(claim, { creator, created, sign });
});

/** Every member of a document that is not an object or a list itself, by its path. */
function leaves(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) => leaves(member, [...path, name]));
}

function changedAt(document: Json, path: readonly string[]): Json {
  const copy = structuredClone(document);
  let holder = copy;
  for (const name of path.slice(0, -1)) holder = holder[name] as Json;
  const name = path.at(-1) ?? '';
  const before = holder[name];
  holder[name] = typeof before === 'string' ? `${before}x` : before === true ? false : 7;
  return copy;
}

describe('a Linked Data Signature', () => {
  it('signs the same 128 characters on every machine', async () => {
    expect((await bytesToSign(claim, { creator, created })).toString()).toBe(
      '7dd6555b8717917de69742d6679ffe27b59d43c79faeb3b7b1494a0484c3bd65ba61ddb41c99a38b9a9bc44911e273323b9e60606e6e2db557eef44061b77602',
    );
  });

  it('stands last, and changes nothing else of the document', () => {
    expect(Object.keys(signed)).toEqual([...Object.keys(claim), 'signature']);
    expect(signed).toMatchObject(claim);
    expect(signed['signature']).toEqual({
      type: 'RsaSignature2017',
      creator,
      created,
      signatureValue: expect.any(String),
    });
  });

  it('is verified by us and by Fedify', async () => {
    expect(await verifyDocument(signed, pem)).toBe(true);
    expect(await isBelievedByFedify(signed)).toBe(true);
  });

  it('made by Fedify is verified by us', async () => {
    const key = await crypto.subtle.importKey(
      'pkcs8',
      privateKey.export({ type: 'pkcs8', format: 'der' }),
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      true,
      ['sign'],
    );
    const theirs = (await signJsonLd(claim, key, new URL(creator), { contextLoader: documentLoader })) as Json;
    expect(await verifyDocument(theirs, pem)).toBe(true);
  });

  it('is broken by a change of any member, for us and for Fedify', async () => {
    // Contexts say what is meant; a changed one means the same or cannot be read.
    const paths = leaves(signed).filter((path) => !path.includes('@context') && path[0] !== 'signature');
    expect(paths.length).toBeGreaterThan(25);
    for (const path of paths) {
      const changed = changedAt(signed, path);
      const verdicts = [await verifyDocument(changed, pem), await isBelievedByFedify(changed).catch(() => false)];
      expect({ path, verdicts }).toEqual({ path, verdicts: [false, false] });
    }
  });

  it.each(['creator', 'created', 'signatureValue', 'type'])('is broken by another %s', async (name) => {
    const changed = changedAt(signed, ['signature', name]);
    if (name === 'signatureValue') (changed['signature'] as Json)[name] = Buffer.alloc(256, 1).toString('base64');
    expect(await verifyDocument(changed, pem)).toBe(false);
  });

  it('takes the place of one that was there', async () => {
    const again = await signDocument(signed, { creator, created, sign });
    expect(again).toEqual(signed);
  });
});

describe('what cannot be signed', () => {
  it.each([
    ['a context that is not bundled', { '@context': 'https://example.com/context', type: 'Note' }],
    ['a term that its contexts do not know', { '@context': 'https://www.w3.org/ns/activitystreams', odd: 'lost' }],
  ])('is %s', async (_, document) => {
    await expect(signDocument(document, { creator, created, sign })).rejects.toThrow(NotCanonical);
  });

  it('is a document whose nameless parts look alike and point at each other, and that is found out in bounded time', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `_:b${i}`);
    const clique = names.map((id) => ({
      id,
      name: names.filter((other) => other !== id).map((other) => ({ id: other })),
    }));
    const document = {
      '@context': { id: '@id', name: 'https://example.com/name', all: 'https://example.com/all' },
      all: clique,
    };
    const start = performance.now();
    await expect(bytesToSign(document, { creator, created })).rejects.toThrow(NotCanonical);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('the bundled contexts', () => {
  it.each([
    'https://www.w3.org/ns/activitystreams',
    'https://www.w3.org/ns/cid/v1',
    'https://w3id.org/security/data-integrity/v1',
    'https://w3id.org/identity/v1',
    'https://w3id.org/security/v1',
  ])('%s is what Fedify ships too', async (url) => {
    expect((await loadBundledContext(url)).document).toEqual(preloadedContexts[url]);
  });
});
