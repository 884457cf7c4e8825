import { accountCases } from './account/account.testing.ts';
import { activityCases } from './activities/activities.testing.ts';
import { anchorCases } from './anchors/anchors.testing.ts';
import { assetCases } from './assets/assets.testing.ts';
import { objectCases } from './objects/objects.testing.ts';
import type { PageCase } from './page-case.testing.ts';
import { rendererCases } from './renderers/renderers.testing.ts';
import { storageCases } from './storage/storage.testing.ts';
import { userCases } from './users/users.testing.ts';

/** Every page that shows what strangers have said. */
export const pageCases: PageCase[] = [
  ...assetCases,
  ...activityCases,
  ...objectCases,
  ...userCases,
  ...anchorCases,
  ...storageCases,
  ...rendererCases,
  ...accountCases,
];
