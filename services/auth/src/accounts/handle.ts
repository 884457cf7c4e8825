/** New handles of humans (atproto-oauth.md §5): 3 to 30 characters, no hyphen at either end. */
const handlePattern = /^[a-z0-9][a-z0-9-]{1,28}[a-z0-9]$/;

/** Agents and services have longer ones (conflicts C9). */
const programPattern = /^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$/;

const reservedByOriginal =
  'admin api app assets auth billing blog dev docs help mcp null static status support undefined wiki www';
/** First path segments and well-known names of our own. */
const reservedByUs =
  'activities activity agent anchors asset download follow healthz inbox internal log login logout metrics nodeinfo ' +
  'objects openapi pins readyz register renderers storage unfollow users v1 well-known root system';
/** Path words of api.md that the spec's own list has not. */
const reservedSince = 'actor anchor device identities me password session sessions share token tokens unshare user';

const reserved = new Set(`${reservedByOriginal} ${reservedByUs} ${reservedSince}`.split(' '));

export const handleRule = '3 to 30 of a-z, 0-9 and hyphen, with no hyphen at either end';

/** Whether a lower-cased handle has the form of a human's handle. */
export function isHandle(text: string): boolean {
  return handlePattern.test(text);
}

/** Whether a lower-cased handle has the form of an agent's or a service's handle, which every human's has too. */
export function isProgramHandle(text: string): boolean {
  return programPattern.test(text);
}

/** Whether the handle would stand for a path or an office. */
export function isReservedHandle(handle: string): boolean {
  return reserved.has(handle);
}
