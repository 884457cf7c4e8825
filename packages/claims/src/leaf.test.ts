import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { describe, expect, it } from '@jest/globals';
import { commitment, composeLeaf, leafHash } from './index.ts';

const leaf = {
  type: 'Create' as const,
  actor: 'https://l2.example.com/users/giles',
  activity: 'https://l2.example.com/activities/5f0c1d3e-0000-4000-8000-000000000001',
  contentHash: 'ab'.repeat(32),
  published: '2026-01-10T12:00:00Z',
  commitment: commitment(Buffer.alloc(32, 1), '{"é":1}'),
};

describe('log leaves', () => {
  it('are canonical JSON of the entry and nothing else', () => {
    const { contentHash, ...rest } = leaf;
    const entry = { v: 1, ...rest, contentHash: { algorithm: 'sha3-256', value: contentHash } };
    expect(composeLeaf(leaf)).toBe(canonicalize(entry));
  });

  it('commit to salt and signed activity', () => {
    const expected = createHash('sha256').update(Buffer.alloc(32, 1)).update('{"é":1}', 'utf8').digest('hex');
    expect(leaf.commitment).toBe(`sha256:${expected}`);
  });

  it('hash as RFC 6962 leaves do', () => {
    expect(leafHash('').toString('hex')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(leafHash(Buffer.from('é'))).toEqual(leafHash('é'));
  });

  it('stay within 1 KiB', () => {
    expect(() => composeLeaf({ ...leaf, actor: `https://${'x'.repeat(1000)}` })).toThrow(RangeError);
  });
});
