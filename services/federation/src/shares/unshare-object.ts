import type { LocalActor } from '../actors/local-actor.ts';
import { enqueueUndo } from '../deliveries/enqueue.ts';
import { withdrawShare } from '../publications/publish-share.ts';
import { endOwnShare } from '../reactions/end-reactions.ts';
import { orderOf, shareId, undoAnnounceDocument } from './share-document.ts';
import { readObject, type ShareDeps } from './share-object.ts';
import { removeShare } from './share.repository.ts';

/**
 * Takes an Announce back: out of the outbox, and by an Undo to all followers. What was not shared is not. Answers the object's URL.
 * Throws AppError 422 `object_invalid`.
 */
export async function unshareObject(deps: ShareDeps, sharer: LocalActor, text: string): Promise<string> {
  const object = readObject(text);
  const { username, apId: actor } = sharer;
  const now = deps.now();
  await deps.transaction(async (execute) => {
    const activityId = await removeShare(execute, username, object);
    if (activityId === undefined) return;
    const announced = { actor, followers: deps.urls.followers(username), object, activityId };
    await withdrawShare(execute, activityId, now);
    await endOwnShare(execute, { actor, activityId: shareId(announced) });
    const body = JSON.stringify(undoAnnounceDocument(announced));
    await enqueueUndo(execute, { apActorId: actor, username, objectId: orderOf(announced), body, now });
  });
  return object;
}
