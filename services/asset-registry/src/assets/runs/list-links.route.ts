import { AppError, validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { sendNegotiatedText } from '../../http/answers.ts';
import { pageAddress } from '../../http/page-address.ts';
import { limitSchema } from '../../http/paging.ts';
import { presentAsset, type PresentAssetDeps } from '../present-asset.ts';
import { linkedTexts } from './link-text.ts';
import { decodeLinkCursor, encodeLinkCursor, linksOf, type Direction, type LinkFinder } from './links.ts';

export interface ListLinksDeps extends PresentAssetDeps {
  links: LinkFinder;
}

export const listLinksQuerySchema = z.object({
  limit: limitSchema,
  cursor: z.string('Wants one cursor.').max(200).optional().meta({ description: '`next_cursor` of the page before.' }),
});

/** `GET /assets/{name}/made-from` and `…/used-in`; 410 when the asset was deleted, or erased. */
export function listLinksRoute(deps: ListLinksDeps, direction: Direction): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const { limit, cursor } = validate('query', listLinksQuerySchema, req.query);
    const after = cursor === undefined ? '' : decodeLinkCursor(direction, cursor);
    if (after === undefined) throw badCursor();
    const { id, view } = await presentAsset(deps, req, req.params.name);
    const asset = { id, contentHash: view.contentHash };
    const page = await linksOf(deps.links, direction, { asset, after, limit, viewer: req.actor?.actor_id });
    const nextCursor = page.next === null ? null : encodeLinkCursor(page.next);
    const next = nextCursor === null ? null : pageAddress(req, { limit: String(limit), cursor: nextCursor });
    if (next !== null) res.setHeader('link', `<${next}>; rel="next"`);
    sendNegotiatedText(
      res,
      `{"assets":${linkedTexts(deps.urls, page.assets)},"limit":${limit}` +
        `,"next_cursor":${JSON.stringify(nextCursor)},"next":${JSON.stringify(next)}}`,
    );
  };
}

function badCursor(): AppError {
  const detail = [{ loc: ['query', 'cursor'], msg: 'No cursor of this list.', type: 'custom' }];
  return new AppError('validation_error', 422, 'Validation failed', { detail });
}
