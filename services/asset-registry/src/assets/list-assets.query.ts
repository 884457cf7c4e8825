import { assetTypes } from '@artdag/claims/asset-types';
import { shownAs } from '@artdag/service-kit';
import { z } from 'zod';
import { limitSchema, offsetSchema } from '../http/paging.ts';
import { decodeCursor, sorts, type Position, type Sort } from './cursor.ts';
import { contentHashSchema } from './new-asset.ts';
import { isPlainText } from './text-rules.ts';

/** What `GET /assets` was asked (art-dag-l2.md §7.2). */
export interface ListQuery {
  filter: AssetFilter;
  sort: Sort;
  limit: number;
  offset: number;
  after: Position | undefined;
}

export interface AssetFilter {
  owner: string | undefined;
  assetType: string | undefined;
  /** All of them. */
  tags: string[];
  /** Part of the name or description, in any case. */
  q: string | undefined;
  contentHash: string | undefined;
}

const word = z.string().min(1).max(256).refine(isPlainText, 'Holds a character that no text here has.');
const tags = shownAs(
  z.union([z.array(word).max(32), word.transform((tag) => [tag])]).transform((list) => list.map((tag) => tag.trim())),
  {
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: 256 },
    maxItems: 32,
    description: 'Given several times: assets that have them all.',
  },
);

export const listQuerySchema = z
  .object({
    limit: limitSchema,
    offset: offsetSchema,
    cursor: z.string().max(512).optional().meta({ description: 'The `next_cursor` of the page before.' }),
    owner: word.optional().meta({ description: 'A username.' }),
    asset_type: z.enum(assetTypes).optional(),
    tag: tags.optional(),
    q: word.optional().meta({ description: 'Part of the name or description, in any case.' }),
    content_hash: contentHashSchema.optional(),
    sort: z.enum(sorts).default('-created_at'),
  })
  .transform((query, context): ListQuery => {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, query.sort);
    if (after === null) {
      context.addIssue({ code: 'custom', path: ['cursor'], message: 'Not a cursor of this list and order.' });
      return z.NEVER;
    }
    return {
      filter: {
        owner: query.owner,
        assetType: query.asset_type,
        tags: query.tag ?? [],
        q: query.q,
        contentHash: query.content_hash,
      },
      sort: query.sort,
      limit: query.limit,
      offset: after === undefined ? query.offset : 0,
      after,
    };
  });
