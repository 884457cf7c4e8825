import { claimContextText, publicCollection } from './context.ts';
import { quote } from './jcs.ts';

/** What every claim says, whatever it does. */
export interface ActivityInput {
  /** Scheme and host of the installation, without a trailing slash. */
  publicUrl: string;
  username: string;
  /** UUID of the activity. */
  activityId: string;
  /** ISO-8601 UTC. */
  published: string;
}

/** Unlisted claims are addressed to the followers, with a copy to the public. */
export type Visibility = 'public' | 'unlisted';

/**
 * A document in canonical form, cut at the place where its `proof` belongs: `head + tail` is the JCS of the unsigned
 * document, `head + ',"proof":{…}' + tail` that of the signed one.
 */
export interface DocumentText {
  head: string;
  /** The `object` alone, also canonical; a part of `head`. */
  object: string;
  tail: string;
}

/**
 * An activity of ours as text, around an `object` that is canonical text already (art-dag-l2.md §8.4).
 *
 * Text is written with its members already in canonical order, so that nothing has to be sorted or serialised twice on
 * the way from a request to its signature, its row and its answer.
 */
export function activityText(
  type: 'Create' | 'Update' | 'Delete',
  input: ActivityInput,
  visibility: Visibility | undefined,
  object: string,
): DocumentText {
  const apId = actorUrl(input);
  const followers = `[${quote(`${apId}/followers`)}]`;
  const everyone = `["${publicCollection}"]`;
  const listed = visibility !== 'unlisted';
  return {
    head:
      `{"@context":${claimContextText},"actor":${quote(apId)},"cc":${listed ? followers : everyone}` +
      `,"id":${quote(`${input.publicUrl}/activities/${input.activityId}`)},"object":${object}`,
    object,
    tail: `,"published":${quote(input.published)},"to":${listed ? everyone : followers},"type":"${type}"}`,
  };
}

export function actorUrl({ publicUrl, username }: ActivityInput): string {
  return `${publicUrl}/users/${username}`;
}
