import { assetList } from '../assets/assets.testing.ts';
import type { PageCase } from '../page-case.testing.ts';
import { hash } from '../sample-values.testing.ts';
import { actor } from '../users/users.testing.ts';

/** Of bytes. */
export const objectCases: PageCase[] = [
  {
    path: `/objects/${hash}`,
    needs: `/objects/${hash}`,
    api: {
      [`/objects/${hash}`]: {
        id: `https://l2.example/objects/${hash}`,
        attributedTo: actor.id,
        contentHash: { value: hash },
      },
      [`/assets?content_hash=${hash}&sort=created_at&limit=24`]: assetList,
      [`/objects/${hash}/likes`]: { totalItems: 1 },
      [`/objects/${hash}/shares`]: { totalItems: 2 },
      [`/objects/${hash}/replies`]: { totalItems: 3 },
    },
    shows: ['my-video', '1 like, 2 shares, 3 replies'],
  },
];
