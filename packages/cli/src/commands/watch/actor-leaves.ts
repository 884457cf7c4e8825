import type { WatchedLeaf } from './watched-log.ts';

/** What the log says of an actor: a claim, or a word about its key. */
export interface ActorLeaf {
  index: number;
  type: 'Create' | 'Update' | 'Delete' | 'Key';
  /** URL of the activity, or id of the key. */
  activity: string;
  contentHash: string;
  published: string;
}

/** Those of the leaves that are about this actor. What is no leaf of ours is nobody's. */
export function leavesOf(actor: string, leaves: readonly WatchedLeaf[]): ActorLeaf[] {
  return leaves.flatMap(({ index, text }) => {
    const leaf = parse(text);
    return leaf !== undefined && leaf.actor === actor ? [{ ...leaf, index, contentHash: leaf.contentHash.value }] : [];
  });
}

type Leaf = Omit<ActorLeaf, 'index' | 'contentHash'> & { actor: string; contentHash: { value: string } };

function parse(text: string): Leaf | undefined {
  try {
    return JSON.parse(text) as Leaf;
  } catch {
    return undefined;
  }
}
