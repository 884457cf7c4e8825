import { z } from 'zod';
import { defineEvent } from './define-event.ts';

const text = z.string().min(1);
const federation = { context: 'federation' } as const;
const follower = z.looseObject({ username: text, follower_ap_id: z.url() });

/** An activity is in its actor's outbox. Subject: the activity id. */
export const activityPublished = defineEvent('activity-published', 1, z.looseObject({ activity_id: text }), federation);

/** These inboxes have accepted an activity; more may follow, each named once or, after a crash, again. Subject: the activity id. */
export const activityDelivered = defineEvent(
  'activity-delivered',
  2,
  z.looseObject({ activity_id: text, inboxes: z.array(text).min(1) }),
  federation,
);

/** A remote actor follows a local one. Subject: the follower's ap_id. */
export const followerAdded = defineEvent('follower-added', 1, follower, federation);

/** A remote actor follows a local one no more. Subject: the follower's ap_id. */
export const followerRemoved = defineEvent('follower-removed', 1, follower, federation);

/** An activity came in over an inbox and was accepted. Subject: the activity id. */
export const inboxActivityReceived = defineEvent(
  'inbox-activity-received',
  1,
  z.looseObject({ ap_actor: z.url(), activity_id: text, type: text }),
  federation,
);
