import type { LocalUrls } from '../urls.ts';

/** An object by its URL, or an activity by its UUID. */
export type Published = { objectId: string } | { activityId: string };

const OBJECT = /^\/objects\/[0-9a-f]{64}$/;
const ACTIVITY = /^\/activities\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** What a URL of ours names: an object, with or without a fragment, or an activity. Undefined for all else. */
export function readPublished(urls: LocalUrls, url: string | undefined): Published | undefined {
  if (url === undefined || !urls.isOurs(url)) return undefined;
  const { pathname, search } = new URL(url);
  if (search !== '') return undefined;
  if (OBJECT.test(pathname)) return { objectId: `${urls.publicUrl}${pathname}` };
  const activityId = ACTIVITY.exec(pathname)?.[1];
  return activityId === undefined ? undefined : { activityId };
}
