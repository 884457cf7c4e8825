import { AppError } from '@artdag/service-kit';

/** A request target as it came, cut in two. Neither half is decoded or normalised. */
export interface Target {
  path: string;
  /** Without the `?`; undefined when there is none. */
  query: string | undefined;
}

/** What has to be there before a closer look is worth its time. */
const suspicious = /\/\/|\/\.|%2e|%2f|%5c|[\\#]/i;

/**
 * Cuts an origin-form request target (RFC 9112 §3.2.1) into path and query.
 *
 * Services match raw paths and decode single segments; a path that means one thing here and another thing there is how
 * a proxy gets bypassed, so whatever could be normalised is refused instead.
 *
 * @throws AppError 400 `invalid_path` for absolute or asterisk form, a fragment, an empty segment in the middle, or a
 * `.` or `..` segment, raw or percent-encoded.
 */
export function parseTarget(url: string): Target {
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  if (!path.startsWith('/') || (suspicious.test(path) && isAmbiguous(path))) throw invalidPath();
  return { path, query: mark === -1 ? undefined : url.slice(mark + 1) };
}

/** Whether the path is the door to what only services may call. It does not exist from outside, however it is spelt. */
export function isInternal(path: string): boolean {
  const end = path.indexOf('/', 1);
  const first = end === -1 ? path.slice(1) : path.slice(1, end);
  return /^internal(\/|$)/i.test(decodePercent(first));
}

function isAmbiguous(path: string): boolean {
  if (path.includes('#')) return true;
  const decoded = path.replace(/%2e/gi, '.').replace(/%2f|%5c|\\/gi, '/');
  return decoded.includes('//') || decoded.split('/').some((segment) => segment === '.' || segment === '..');
}

/** Decodes percent-encoded ASCII and leaves anything else, malformed sequences included, as it is. */
export function decodePercent(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function invalidPath(): AppError {
  return new AppError(
    'invalid_path',
    400,
    'The path must start with a single "/", and have no empty, "." or ".." segments and no fragment. Send it normalised.',
  );
}
