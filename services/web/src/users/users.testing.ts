import { assetList } from '../assets/assets.testing.ts';
import type { PageCase } from '../page-case.testing.ts';
import { at } from '../sample-values.testing.ts';

export const actor = {
  id: 'https://l2.example/users/giles',
  type: 'Person',
  preferredUsername: 'giles',
  name: 'Giles',
  published: at,
  assertionMethod: [{ id: 'https://l2.example/users/giles#ed25519-key', publicKeyMultibase: 'z6MkmKzo291' }],
};

export const userList = {
  users: [{ username: 'giles', display_name: 'Giles G.', actor_type: 'human', ap_id: actor.id, created_at: at }],
  total: 1,
  limit: 30,
  offset: 0,
  next: null,
};

const profile = { bio: 'I make pictures.', website_url: 'https://giles.example/' };

/** Of people. */
export const userCases: PageCase[] = [
  {
    path: '/users',
    needs: '/users?limit=30&offset=0',
    api: { '/users?limit=30&offset=0': userList },
    shows: ['@giles', 'Giles G.', '1 user'],
  },
  {
    path: '/users/giles',
    needs: '/users/giles',
    api: {
      '/users/giles': actor,
      '/api/identities/giles': profile,
      '/assets?owner=giles&limit=12': assetList,
      '/users/giles/followers': { totalItems: 1 },
      '/users/giles/following': { totalItems: 2 },
    },
    shows: [
      '@giles@l2.example',
      '1 follower · follows 2 actors',
      'I make pictures.',
      'https://giles.example/',
      'my-video',
      'z6MkmKzo291',
    ],
  },
];
