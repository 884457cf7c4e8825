import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { sendNegotiatedText } from '../../http/answers.ts';
import { pageAddress } from '../../http/page-address.ts';
import { limitSchema, maxOffset, offsetSchema } from '../../http/paging.ts';
import { anchorStates } from '../anchor-state.ts';
import { listAnchors, type AnchorReaderDeps } from '../list-anchors.ts';

export const listAnchorsQuerySchema = z.object({
  limit: limitSchema,
  offset: offsetSchema,
  state: z.enum(anchorStates).optional(),
});

/** `GET /anchors`, the newest first */
export function listAnchorsRoute(deps: AnchorReaderDeps): RequestHandler {
  return async (req, res) => {
    const { limit, offset, state } = validate('query', listAnchorsQuerySchema, req.query);
    const { anchors, total, more } = await listAnchors(deps, { state, limit, offset });
    const nextOffset = offset + limit;
    const goesOn = more && nextOffset <= maxOffset;
    const next = goesOn ? pageAddress(req, { limit: String(limit), offset: String(nextOffset) }) : null;
    if (next !== null) res.setHeader('link', `<${next}>; rel="next"`);
    sendNegotiatedText(res, JSON.stringify({ anchors, total, limit, offset, next }));
  };
}
