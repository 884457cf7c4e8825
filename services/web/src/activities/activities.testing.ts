import type { PageCase } from '../page-case.testing.ts';
import { at, hash, root, uuid } from '../sample-values.testing.ts';

export const activity = {
  '@context': [],
  type: 'Create',
  id: `https://l2.example/activities/${uuid}`,
  actor: 'https://l2.example/users/giles',
  published: at,
  object: {
    type: 'Video',
    id: `https://l2.example/objects/${hash}`,
    name: 'my-video',
    contentHash: { algorithm: 'sha3-256', value: hash },
  },
  proof: {
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-jcs-2022',
    created: at,
    verificationMethod: 'https://l2.example/users/giles#ed25519-key',
    proofValue: 'z5vW2nFhS',
  },
};

export const erasedActivity = { type: 'Tombstone', id: activity.id, formerType: 'Create', deleted: at };

export const activityList = { activities: [activity, erasedActivity], total: 2, limit: 30, offset: 0, next: null };

export const logPlace = {
  activity_id: uuid,
  log_index: 1234,
  leaf: '{}',
  leaf_hash: 'beef'.padEnd(64, '1'),
  state: 'confirmed',
  anchor: {
    merkle_root: root,
    log_size: 2000,
    summary: 'confirmed by Bitcoin block 900000',
    created_at: at,
    bitcoin_height: 900000,
    block_time: at,
  },
};

const activityApi = { [`/activities/${uuid}`]: activity, [`/activities/${uuid}/anchor`]: logPlace };

const activityShows = ['@giles claimed my-video', 'eddsa-jcs-2022', 'as entry 1,234', 'z5vW2nFhS'];

/** Of what was signed. */
export const activityCases: PageCase[] = [
  {
    path: '/activities',
    needs: '/activities?limit=30&offset=0',
    api: { '/activities?limit=30&offset=0': activityList },
    shows: ['my-video', '2 activities', 'whose words were erased'],
  },
  { path: `/activity/${uuid}`, needs: `/activities/${uuid}`, api: activityApi, shows: activityShows },
  { path: `/activities/${uuid}`, needs: `/activities/${uuid}`, api: activityApi, shows: activityShows },
];
