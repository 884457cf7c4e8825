import { createHash } from 'node:crypto';
import { isKnown } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import description from './openapi.generated.json' with { type: 'json' };

/** `GET /openapi.json`: the description of the whole API, as `npm run openapi` made it; 304 to who has it. Tools in browsers may read it. */
export function openApiRoute(): RequestHandler {
  const text = Buffer.from(JSON.stringify(description));
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
  return (request, response) => {
    response.set({ etag, 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=300' });
    if (isKnown(request.get('if-none-match'), etag)) response.status(304).end();
    else response.type('json').send(text);
  };
}
