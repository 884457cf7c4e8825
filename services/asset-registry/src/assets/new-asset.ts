import { assetTypes } from '@artdag/claims/asset-types';
import { shownAs } from '@artdag/service-kit';
import { z } from 'zod';
import { metadataProblem } from './metadata.ts';
import { characters, isPlainText, isWebUrl } from './text-rules.ts';

export const assetName = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** SHA3-256 in lower-case hex, with or without its prefix; read without. */
export const contentHashSchema = z
  .string()
  .regex(/^(?:sha3-256:)?[0-9a-f]{64}$/, 'A content hash is the SHA3-256 of the bytes: 64 lower-case hex characters.')
  .transform((text) => text.slice(-64));

function text(max: number) {
  return z
    .string()
    .refine((value) => characters(value) <= max, `At most ${max} characters.`)
    .refine(isPlainText, 'Characters that JSON or the database cannot hold: NUL or half of a surrogate pair.')
    .meta({ maxLength: max });
}

const webUrl = z
  .string()
  .refine(isWebUrl, 'A URL of at most 2048 characters that begins with http://, https:// or ipfs://.')
  .meta({ format: 'uri', maxLength: 2048, description: 'Begins with http://, https:// or ipfs://.' });

const tags = z
  .array(
    text(64)
      .transform((tag) => tag.trim())
      .refine((tag) => tag !== '', 'A tag cannot be empty.'),
  )
  .transform((list) => [...new Set(list)])
  .refine((list) => list.length <= 32, 'At most 32 tags.')
  .meta({ description: 'At most 32 different ones.' });

const metadata = shownAs(
  z.custom<Record<string, unknown>>().superRefine((value, issues) => {
    const problem = metadataProblem(value);
    if (problem !== undefined) issues.addIssue({ code: 'custom', message: problem });
  }),
  { type: 'object', description: 'At most 16 KiB, nested at most 32 deep.' },
);

const origin = z.object({
  type: z.enum(['self', 'external']),
  url: webUrl.optional(),
  note: text(1000).optional(),
});

const ipfsCid = z.string().regex(/^[A-Za-z0-9_=-]{1,128}$/, 'A CID has 1 to 128 characters A-Z a-z 0-9 _ = -.');

/** What can be changed later, each as it is given. */
export const changeableFields = {
  tags,
  url: webUrl,
  ipfs_cid: ipfsCid,
  description: text(4000),
  metadata,
  visibility: z.enum(['public', 'unlisted']),
};

/** The body of `POST /assets` (art-dag-l2.md §7.1). `null` counts as left out; members that it does not know are ignored. */
export const newAssetSchema = z.object({
  name: z
    .string()
    .regex(assetName, 'A name has 1 to 128 characters A-Z a-z 0-9 . _ : - and begins with a letter or digit.'),
  content_hash: contentHashSchema,
  asset_type: z.enum(assetTypes),
  tags: tags.nullish().transform((list) => list ?? []),
  url: webUrl.nullish().transform((value) => value ?? null),
  ipfs_cid: ipfsCid.nullish().transform((value) => value ?? null),
  description: changeableFields.description.nullish().transform((value) => value ?? null),
  metadata: metadata.nullish().transform((value) => value ?? {}),
  origin: origin.nullish().transform((value) => value ?? { type: 'self' as const }),
  visibility: changeableFields.visibility.nullish().transform((value) => value ?? 'public'),
});

export type NewAsset = z.output<typeof newAssetSchema>;
