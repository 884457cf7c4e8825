/** A media range of an `Accept` header, with its weight. */
export interface MediaRange {
  /** Lower case, without parameters. */
  type: string;
  /** 0 to 1. */
  q: number;
}

const activityTypes = new Set(['application/activity+json', 'application/ld+json']);

/** Whether a media range names ActivityStreams; a `profile` makes no difference, as other servers leave it out. */
export function isActivityStreams({ type, q }: MediaRange): boolean {
  return q > 0 && activityTypes.has(type);
}

/** Whether an `Accept` header names ActivityStreams, in whatever place, and not with a weight of 0 (art-dag-l2.md §6). */
export function acceptsActivityStreams(accept: string | undefined): boolean {
  return accept !== undefined && parseAccept(accept).some(isActivityStreams);
}

/** Media ranges with their weights (RFC 9110 §12.5.1). A weight that cannot be read counts as 1. */
export function parseAccept(accept: string): MediaRange[] {
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
