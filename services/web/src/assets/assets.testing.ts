import { logPlace } from '../activities/activities.testing.ts';
import type { PageCase } from '../page-case.testing.ts';
import { at, hash, uuid } from '../sample-values.testing.ts';

export const linkedAsset = { name: 'dog-v1', content_hash: hash, asset_type: 'image', owner: 'ada' };

export const asset = {
  name: 'my-video',
  content_hash: hash,
  asset_type: 'video',
  tags: ['art', 'dawn'],
  owner: 'giles',
  owner_id: 'https://l2.example/users/giles',
  url: 'https://media.example/v.mp4',
  ipfs_cid: 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
  description: 'The first light.',
  metadata: { camera: 'old' },
  origin: { type: 'external', url: 'https://elsewhere.example/', note: 'A gift.' },
  provenance: null,
  visibility: 'public',
  activity_id: uuid,
  created_at: at,
  updated_at: '2026-11-30T08:00:00.000Z',
};

export const assetDetail = {
  ...asset,
  provenance: { type: 'l1-run', l1_server: 'https://l1.example', run_id: 'run-7', rendered_at: at },
  made_from: [linkedAsset, { ...linkedAsset, name: 'invert', asset_type: 'effect' }],
  made_from_next: null,
  used_in: [{ ...linkedAsset, name: 'poster' }],
  used_in_next: null,
};

export const assetList = { assets: [asset], total: 1, limit: 24, offset: 0, next_cursor: null, next: null };

const assetApi = { '/assets/my-video': assetDetail, [`/activities/${uuid}/anchor`]: logPlace };

const assetShows = [
  '<h1>my-video</h1>',
  hash,
  'rendered on l1.example',
  'run run-7',
  'dog-v1',
  'poster',
  'in Bitcoin block 900,000',
  'bafybei',
  'A gift.',
];

/** Of works. */
export const assetCases: PageCase[] = [
  {
    path: '/assets',
    needs: '/assets?limit=24',
    api: { '/assets?limit=24': assetList },
    shows: ['my-video', '@giles', '1 asset'],
  },
  { path: '/asset/my-video', needs: '/assets/my-video', api: assetApi, shows: assetShows },
  { path: '/assets/my-video', needs: '/assets/my-video', api: assetApi, shows: assetShows },
];
