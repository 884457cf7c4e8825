import { describeRoute, type Operation } from '@artdag/service-kit';
import { z } from 'zod';
import { newAssetSchema } from '../new-asset.ts';
import { asset } from '../shown-asset.ts';
import { maxLines } from './limits.ts';
import { ndjson } from './register-batch.route.ts';

const line = z
  .number()
  .int()
  .min(1)
  .max(maxLines + 1);

const record = z
  .union([
    z.object({ line, status: z.union([z.literal(200), z.literal(201)]), asset }),
    z.object({
      line,
      status: z.number().int().min(400),
      code: z.string(),
      detail: z.unknown(),
      rest: z.literal(true).optional().meta({ description: 'It stands for all lines after its own as well.' }),
    }),
  ])
  .meta({ id: 'BatchRecord', description: 'What became of one line.' });

/** The public route of batches, for the API description. */
export const batchOperations: readonly Operation[] = [
  describeRoute({
    method: 'POST',
    path: '/assets/batch',
    id: 'registerAssets',
    tag: 'assets',
    summary: 'Register many works',
    description:
      'NDJSON: each line is a body of `POST /assets`, each line of the answer says what became of one, in their order. Lines that are registered already are answered with 200, so a batch may be sent again.',
    auth: 'required',
    scopes: ['assets:create'],
    request: { body: newAssetSchema.meta({ id: 'NewAsset' }), bodyTypes: [ndjson] },
    answers: { 200: { description: 'A line for each.', body: record, mediaTypes: [ndjson] } },
    errors: { 400: ['empty_batch'], 429: ['busy'] },
  }),
];
