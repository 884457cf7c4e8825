import { isActivityStreams, parseAccept } from './accept.ts';

/** What a `GET` is answered with, on a path that exists for browsers and for programs. */
export type Representation = 'activity' | 'html' | 'json';

/**
 * Chooses by the `Accept` header (art-dag-l2.md §6): an ActivityStreams type wins wherever it is named; HTML only when
 * it is listed explicitly with a q not below any JSON type's; everything else, no header and the wildcard included, is JSON.
 */
export function negotiate(accept: string | undefined): Representation {
  if (accept === undefined || accept === '*/*') return 'json';
  let html = 0;
  let json = 0;
  for (const range of parseAccept(accept)) {
    const { type, q } = range;
    if (q === 0) continue;
    if (isActivityStreams(range)) return 'activity';
    if (type === 'text/html') html = Math.max(html, q);
    else if (isJson(type)) json = Math.max(json, q);
  }
  return html > 0 && html >= json ? 'html' : 'json';
}

function isJson(type: string): boolean {
  return type === 'application/json' || type === 'text/json' || type.endsWith('+json');
}
