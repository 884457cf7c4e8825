import { assetTypes } from '@artdag/claims/asset-types';
import { z } from 'zod';
import { assetName, changeableFields } from '../new-asset.ts';

/** A path segment of one or two dots would be another address than it says. */
const runId = /^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,128}$/;

/** The body of `POST /assets/record-run` (art-dag-l2.md §7.3). `null` counts as left out; members that it does not know are ignored. */
export const newRunSchema = z.object({
  run_id: z.string().regex(runId, 'A run id has 1 to 128 characters A-Z a-z 0-9 . _ : - and is not only dots.'),
  l1_server: z.string().min(1).max(2048).meta({ description: 'Address of the L1 that has the run.' }),
  output_name: z
    .string()
    .regex(assetName, 'A name has 1 to 128 characters A-Z a-z 0-9 . _ : - and begins with a letter or digit.'),
  asset_type: z
    .enum(assetTypes)
    .nullish()
    .transform((value) => value ?? null)
    .meta({ description: 'Otherwise what the L1 says, otherwise `video`.' }),
  tags: changeableFields.tags.nullish().transform((list) => list ?? []),
  description: changeableFields.description.nullish().transform((value) => value ?? null),
});

export type NewRun = z.output<typeof newRunSchema>;
