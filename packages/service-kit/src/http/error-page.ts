import { STATUS_CODES } from 'node:http';
import type { AppError } from '../errors.ts';

/**
 * An error for people, as a page of its own: it loads nothing, since what could be loaded may be what is away, and says how to go on.
 *
 * @param requestId by which operators find it in their logs
 */
export function errorPage({ status, code, message }: AppError, requestId: string): string {
  const title = escape(STATUS_CODES[status] ?? 'Error');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
  </head>
  <body>
    <main>
      <h1>${title}</h1>
      <p>${escape(message)}</p>
      <p><a href="/">To the home page</a>${status === 401 ? ' · <a href="/login">Log in</a>' : ''}</p>
    </main>
    <footer><small>Error ${escape(code)} · Request ${escape(requestId)}</small></footer>
  </body>
</html>
`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
