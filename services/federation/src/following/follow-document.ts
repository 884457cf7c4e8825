import type { Following } from './following.repository.ts';

const context = 'https://www.w3.org/ns/activitystreams';

type Named = Pick<Following, 'followActivityId' | 'targetApId'>;

const follow = (actor: string, { followActivityId, targetApId }: Named) => ({
  type: 'Follow',
  id: followActivityId,
  actor,
  object: targetApId,
});

export function followDocument(actor: string, following: Named): Record<string, unknown> {
  return { '@context': context, ...follow(actor, following), to: [following.targetApId] };
}

/** With the Follow in it as it was sent: others need not have kept its id. */
export function undoFollowDocument(actor: string, following: Named): Record<string, unknown> {
  const { followActivityId, targetApId } = following;
  const id = followActivityId.replace('#follows/', '#undoes/follows/');
  return { '@context': context, type: 'Undo', id, actor, to: [targetApId], object: follow(actor, following) };
}

/** What one actor says to another about following it arrives in the order in which it was said. */
export function orderOf(apActorId: string, targetApId: string): { apActorId: string; objectId: string } {
  return { apActorId, objectId: `${apActorId}#follows ${targetApId}` };
}
