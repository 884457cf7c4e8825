/** What a `GET` is answered with, on a path that exists for browsers and for programs. */
export type Representation = 'activity' | 'html' | 'json';

const activityTypes = new Set(['application/activity+json', 'application/ld+json']);

/**
 * Chooses by the `Accept` header (art-dag-l2.md §6): an ActivityStreams type wins wherever it is named; HTML only when
 * it is listed explicitly with a q not below any JSON type's; everything else, no header and the wildcard included, is JSON.
 */
export function negotiate(accept: string | undefined): Representation {
  if (accept === undefined || accept === '*/*') return 'json';
  let html = 0;
  let json = 0;
  for (const { type, q } of parseAccept(accept)) {
    if (q === 0) continue;
    if (activityTypes.has(type)) return 'activity';
    if (type === 'text/html') html = Math.max(html, q);
    else if (isJson(type)) json = Math.max(json, q);
  }
  return html > 0 && html >= json ? 'html' : 'json';
}

function isJson(type: string): boolean {
  return type === 'application/json' || type === 'text/json' || type.endsWith('+json');
}

/** Media ranges with their weights (RFC 9110 §12.5.1). A weight that cannot be read counts as 1. */
function parseAccept(accept: string): { type: string; q: number }[] {
  return splitOutsideQuotes(accept, ',').map((range) => {
    const [type = '', ...parameters] = splitOutsideQuotes(range, ';').map((part) => part.trim());
    const weight = parameters.find((parameter) => /^q\s*=/i.test(parameter));
    return { type: type.toLowerCase(), q: readWeight(weight) };
  });
}

function readWeight(parameter: string | undefined): number {
  const text = parameter?.slice(parameter.indexOf('=') + 1).trim();
  return text !== undefined && /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : 1;
}

/** `application/ld+json; profile="a,b"` is one range. */
function splitOutsideQuotes(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const parts: string[] = [];
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
