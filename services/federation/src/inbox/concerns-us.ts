import type { LocalUrls } from '../urls.ts';
import type { ReceivedActivity } from './read-activity.ts';

/** What can be about a relationship with us without naming us: it may give the id of an earlier activity only. */
const BY_REFERENCE = new Set(['Undo', 'Accept', 'Reject', 'Delete']);

/**
 * Whether an activity can have an effect here: it names our host somewhere, or may mean something of ours without doing so. Most of what a busy
 * inbox gets does not, and need not wait for a worker. Asks too much rather than too little: a text with escapes may name anything.
 */
export function concernsUs(urls: LocalUrls, activity: ReceivedActivity): boolean {
  const { type, text } = activity;
  return BY_REFERENCE.has(type) || text.includes(urls.host) || /\\u00[2-7]/i.test(text);
}
