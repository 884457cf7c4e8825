import type { Operation } from '@artdag/service-kit';
import { activityOperations } from './activities/operations.ts';
import { anchorOperations } from './anchors/operations.ts';
import { batchOperations } from './assets/batch/operations.ts';
import { changeOperations } from './assets/changes/operations.ts';
import { assetOperations } from './assets/operations.ts';
import { runOperations } from './assets/runs/operations.ts';
import { certificateOperations } from './certificates/operations.ts';
import { logOperations } from './log/operations.ts';
import { objectOperations } from './objects/operations.ts';
import { storageOperations } from './storage/operations.ts';

/** The public routes of asset-registry, for the API description. */
export const operations: readonly Operation[] = [
  ...assetOperations,
  ...batchOperations,
  ...changeOperations,
  ...runOperations,
  ...objectOperations,
  ...activityOperations,
  ...logOperations,
  ...storageOperations,
  ...certificateOperations,
  ...anchorOperations,
];
