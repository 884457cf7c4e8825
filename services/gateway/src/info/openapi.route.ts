import type { RequestHandler } from 'express';
import description from './openapi.generated.json' with { type: 'json' };

/** `GET /openapi.json`: the description of the whole API, as `npm run openapi` made it. Tools in browsers may read it. */
export function openApiRoute(): RequestHandler {
  const text = Buffer.from(JSON.stringify(description));
  return (_request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('cache-control', 'public, max-age=300');
    response.type('json').send(text);
  };
}
