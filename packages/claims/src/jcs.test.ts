import canonicalize from 'canonicalize';
import { describe, expect, it } from '@jest/globals';
import {
  composeCreate,
  createActivityText,
  deleteActivityText,
  jcs,
  proofOptions,
  proofOptionsText,
  proofText,
  updateActivityText,
} from './index.ts';
import { randomAsset, randomJson, seededRandom } from './random-json.testing.ts';

describe('canonical JSON', () => {
  it('equals the canonicalize package on 3,000 random values', () => {
    const random = seededRandom(7);
    for (let i = 0; i < 3000; i += 1) {
      const value = randomJson(random, 4);
      expect(jcs(value)).toBe(canonicalize(value));
    }
  });

  it('sorts members by UTF-16 code units and keeps non-ASCII characters', () => {
    expect(jcs({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 })).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    );
  });

  it('writes numbers as RFC 8785 does', () => {
    expect(jcs([Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0, 1e21])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0,1e+21]',
    );
  });

  it.each([
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a name', { '\udc00': 1 }],
    ['undefined', undefined],
    ['an undefined member', { a: undefined }],
    ['a hole', Array<unknown>(1)],
    ['NaN', Number.NaN],
    ['Infinity', [Infinity]],
    ['a big integer', 1n],
    ['a function', () => 1],
  ])('refuses %s', (_name, value) => {
    expect(() => jcs(value)).toThrow(TypeError);
  });
});

describe('claims written as text', () => {
  it('are canonical for 2,000 random assets', () => {
    const random = seededRandom(11);
    for (let i = 0; i < 2000; i += 1) {
      const asset = randomAsset(random);
      const input = { publicUrl: 'http://localhost:8200', username: 'giles', activityId: 'a', published: 'p', asset };
      const { head, tail } = createActivityText(input);
      expect(head + tail).toBe(canonicalize(JSON.parse(head + tail)));
      expect(composeCreate(input)['object']).toMatchObject({ name: asset.name });
    }
  });

  it('are canonical for 1,000 random changes and deletions', () => {
    const random = seededRandom(12);
    for (let i = 0; i < 1000; i += 1) {
      const asset = randomAsset(random);
      const said = { publicUrl: 'http://localhost:8200', username: 'giles', activityId: 'a', published: 'p' };
      const objectId = `http://localhost:8200/assets/${i}`;
      const { contentHash, assetType } = asset;
      const texts = [
        updateActivityText({ ...said, objectId, asset }),
        deleteActivityText({ ...said, objectId, contentHash, assetType, visibility: asset.visibility ?? 'public' }),
      ];
      for (const { head, object, tail } of texts) {
        const document = JSON.parse(head + tail) as { object: object };
        expect(head + tail).toBe(canonicalize(document));
        expect(object).toBe(canonicalize(document.object));
        expect(document.object).toMatchObject({ id: objectId });
      }
    }
  });

  it.each([
    [{ tags: ['\udfff'] }],
    [{ url: 'https://example.com/\ud800' }],
    [{ metadata: { deep: [{ key: '\ud800x' }] } }],
    [{ metadata: { '\ud800': 1 } }],
  ])('refuse lone surrogates: %j', (part) => {
    const asset = { name: 'n', contentHash: '00'.repeat(32), assetType: 'image', tags: [], ...part };
    const input = { publicUrl: 'https://d', username: 'u', activityId: 'a', published: 'p', asset };
    expect(() => createActivityText(input)).toThrow(/lone surrogate/);
  });

  it('have proofs in canonical order', () => {
    const options = proofOptionsText('https://d/users/u#ed25519-key', '2026-01-10T12:00:00Z');
    expect(options).toBe(canonicalize(JSON.parse(options)));
    const proof = proofText('k', 'c', Buffer.alloc(64, 5));
    expect(proof).toBe(canonicalize(JSON.parse(proof)));
    const document = composeCreate({
      publicUrl: 'https://d',
      username: 'u',
      activityId: 'a',
      published: 'p',
      asset: { name: 'n', contentHash: '00'.repeat(32), assetType: 'image', tags: [] },
    });
    expect(jcs(proofOptions(document, 'k', 'c'))).toBe(proofOptionsText('k', 'c'));
  });
});
