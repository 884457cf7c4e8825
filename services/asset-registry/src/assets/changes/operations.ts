import { describeRoute, type Operation } from '@artdag/service-kit';
import { activitySchema } from '../../http/shown-schemas.ts';
import { asset, assetPath as path, changeErrors, changeHeaders, entityTag } from '../shown-asset.ts';
import { patchAssetSchema } from './patch-asset.ts';

/** The public routes that change assets, for the API description. */
export const changeOperations: readonly Operation[] = [
  describeRoute({
    method: 'PATCH',
    path: '/assets/{name}',
    id: 'updateAsset',
    tag: 'assets',
    summary: 'Change an asset',
    description: 'By a signed `Update`. What is left out stays, `null` takes away. Its owner alone may.',
    auth: 'required',
    scopes: ['assets:update'],
    request: { path, headers: changeHeaders, body: patchAssetSchema.meta({ id: 'AssetPatch' }) },
    answers: {
      200: {
        description: 'The asset; without an activity when nothing changed.',
        body: asset.extend({ activity: activitySchema.nullable() }).meta({ id: 'UpdatedAsset' }),
        headers: entityTag,
      },
    },
    errors: changeErrors,
  }),
  describeRoute({
    method: 'DELETE',
    path: '/assets/{name}',
    id: 'deleteAsset',
    tag: 'assets',
    summary: 'Delete an asset',
    description:
      'By a signed `Delete`. Its name and its content stay taken, and its claims stay readable. Its owner alone may.',
    auth: 'required',
    scopes: ['assets:delete'],
    request: { path, headers: changeHeaders },
    answers: { 204: { description: 'Deleted.' } },
    errors: changeErrors,
  }),
];
