import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { composeCreate, digestMultibase } from '@artdag/claims';
import { bytesToSign } from '@artdag/ld-signatures';
import { root } from './lib/scripts.ts';

type Json = Record<string, unknown>;

const page = readFileSync(join(root, 'docs', 'federation.md'), 'utf8');
const [example] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text ?? '') as Json);

describe('docs/federation.md', () => {
  it('shows a claim as one is really composed', () => {
    const object = example?.['object'] as Json;
    const { value: contentHash } = object['contentHash'] as { value: string };
    const asset = { name: 'my-video', contentHash, assetType: 'video', tags: ['art'], metadata: { fps: 25 } };
    const composed = composeCreate({
      publicUrl: 'https://l2.example',
      username: 'giles',
      activityId: '5f0c1d3e-0000-4000-8000-000000000001',
      published: '2026-01-10T12:00:00Z',
      asset: { ...asset, mediaType: 'video/mp4' },
    });
    expect(example).toEqual(composed);
    expect(object['digestMultibase']).toBe(digestMultibase(contentHash));
  });

  it('shows one whose every term has a meaning in JSON-LD', async () => {
    const options = { creator: 'https://l2.example/users/giles#main-key', created: '2026-01-10T12:00:00Z' };
    expect((await bytesToSign(example ?? {}, options)).length).toBe(128);
  });

  it('links to files that are there', () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path ?? '');
    expect(links.length).toBeGreaterThan(1);
    for (const link of links)
      expect({ link, exists: existsSync(join(root, 'docs', link)) }).toEqual({ link, exists: true });
  });
});
