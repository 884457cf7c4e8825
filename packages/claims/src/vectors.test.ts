import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as claims from './index.ts';

// RFC 8032 test key 1 and vectors A.3, A.4 of the specification.
const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const privateKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
  format: 'der',
  type: 'pkcs8',
});
const rawKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(12);

const context =
  '["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v1",{"Hashtag":"as:Hashtag","algorithm":"artdag:algorithm","artdag":"https://artdag.rose-ash.com/ns#","contentHash":"artdag:contentHash","metadata":{"@id":"artdag:metadata","@type":"@json"},"value":"artdag:value"}]';
const hash = 'ab'.repeat(32);
const documentJcs = `{"@context":${context},"actor":"https://l2.example.com/users/giles","cc":["https://l2.example.com/users/giles/followers"],"id":"https://l2.example.com/activities/5f0c1d3e-0000-4000-8000-000000000001","object":{"attributedTo":"https://l2.example.com/users/giles","contentHash":{"algorithm":"sha3-256","value":"${hash}"},"digestMultibase":"zW1m17mrPPYsKMGXa3hEyH9Wt3W9LmxfdFisEm42RLhn3GN","id":"https://l2.example.com/objects/${hash}","mediaType":"video/mp4","name":"my-video","tag":[{"name":"#art","type":"Hashtag"}],"type":"Video"},"published":"2026-01-10T12:00:00Z","to":["https://www.w3.org/ns/activitystreams#Public"],"type":"Create"}`;
const created = '2026-01-10T12:00:00Z';
const keyId = 'https://l2.example.com/users/giles#ed25519-key';
const toSign =
  '8fc6b24d12c7e284e3f4908fead671e307f32d1035ca297595f777392f003590a806b19caacb0c1a3973b8913872805cfa8b4313314e25044d96b030f5c818ac';
const signatureHex =
  '116e948b24e952c4a46fafd167dc4ada6c31f970ccf333b057304ae655d31ae61feffa99baf71ec335d221012bdf2017deb25069b6931f243957213d6a948608';
const proofValue = 'zMDRYw5AZ4pMRw7v77n2vFH3BnKptYqbYKLwDGYiuLGRbDrwQ1FvFbSniVUqwUE8rEQVxTpCVT6Gko3N4UMVi8mm';

const input: claims.CreateInput = {
  publicUrl: 'https://l2.example.com',
  username: 'giles',
  activityId: '5f0c1d3e-0000-4000-8000-000000000001',
  published: created,
  asset: {
    name: 'my-video',
    contentHash: hash,
    assetType: 'video',
    tags: ['art'],
    mediaType: 'video/mp4',
    metadata: {},
  },
};

describe('vector A.3', () => {
  it('composes the document byte for byte', () => {
    const text = claims.createActivityText(input);
    expect(text.head + text.tail).toBe(documentJcs);
    expect(JSON.stringify(claims.composeCreate(input))).toBe(documentJcs);
    expect(text.head).toContain(`"object":${text.object}`);
  });

  it('gives the signed bytes, from text and from objects', () => {
    const document = claims.composeCreate(input);
    const options = claims.proofOptions(document, keyId, created);
    expect(claims.signingInput(document, options).toString('hex')).toBe(toSign);
    expect(claims.signingInputOfText(documentJcs, claims.proofOptionsText(keyId, created)).toString('hex')).toBe(
      toSign,
    );
  });

  it('gives the signature and the signed claim, from text and from objects', () => {
    const signature = sign(null, Buffer.from(toSign, 'hex'), privateKey);
    expect(signature.toString('hex')).toBe(signatureHex);
    const document = claims.composeCreate(input);
    const signed = claims.attachProof(document, claims.proofOptions(document, keyId, created), signature);
    expect(signed['proof']).toMatchObject({ proofValue });
    const text = claims.signedText(claims.createActivityText(input), claims.proofText(keyId, created, signature));
    expect(text).toBe(claims.jcs(signed));
  });

  it('verifies, also beside a Linked Data Signature, and fails after any change', () => {
    const signature = Buffer.from(signatureHex, 'hex');
    const document = claims.composeCreate(input);
    const signed = claims.attachProof(document, claims.proofOptions(document, keyId, created), signature);
    expect(claims.verifyProof(signed, rawKey)).toBe(true);
    expect(claims.verifyProof({ ...signed, signature: { type: 'RsaSignature2017' } }, rawKey)).toBe(true);
    expect(claims.verifyProof({ ...signed, published: '2026-01-10T12:00:01Z' }, rawKey)).toBe(false);
    expect(claims.verifyProof({ ...signed, extra: undefined }, rawKey)).toBe(false);
    const proof = signed['proof'] as Record<string, unknown>;
    for (const change of [
      { created: '2026-01-10T12:00:01Z' },
      { created: 'yesterday' },
      { type: 'Ed25519Signature2020' },
      { cryptosuite: 'eddsa-rdfc-2022' },
      { proofPurpose: 'authentication' },
      { verificationMethod: 'https://l2.example.com/users/mallory#ed25519-key' },
      { proofValue: `${proofValue.slice(0, -1)}1` },
      { proofValue: 'z0OIl' },
      { '@context': ['https://example.com/other'] },
    ]) {
      expect(claims.verifyProof({ ...signed, proof: { ...proof, ...change } }, rawKey)).toBe(false);
    }
    expect(claims.verifyProof(document, rawKey)).toBe(false);
    expect(claims.verifyProof({ ...signed, proof: null }, rawKey)).toBe(false);
  });

  it('accepts only a key of 32 bytes', () => {
    const document = claims.composeCreate(input);
    const signed = claims.attachProof(document, claims.proofOptions(document, keyId, created), Buffer.alloc(64));
    expect(claims.verifyProof(signed, rawKey.subarray(1))).toBe(false);
  });
});

describe('names of bytes', () => {
  it('vector A.4: SHA3-256 of nothing', () => {
    expect(claims.contentHash('')).toBe('a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a');
    expect(claims.contentHash(new Uint8Array())).toBe(claims.contentHash(''));
  });

  it('vector A.1: fingerprint and multibase of the test key', () => {
    expect(claims.fingerprint(rawKey)).toBe('sha256:21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9');
    expect(claims.publicKeyMultibase(rawKey)).toBe('z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw');
  });

  it('vector A.2: body digest', () => {
    expect(claims.bodyDigest('{"name":"my-video"}')).toBe(
      'cb4a914d309f32b93cc3335a528c55094977b419100d0dc26a57289f541f1746',
    );
  });
});
