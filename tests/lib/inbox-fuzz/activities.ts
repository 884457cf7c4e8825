import type { Dice } from '../dice.ts';
import { oddUrl, oddValue, type Json, type World } from './odd-values.ts';

const types = [
  ...['Follow', 'Undo', 'Accept', 'Reject', 'Announce', 'Like', 'Create', 'Update', 'Delete', 'Move', 'Add', 'Block'],
  ...['Flag', 'Remove', 'Question', 'EmojiReact', 'TentativeAccept', 'Arrive', 'Hover'],
];

/** What an activity of that sender's could be about. */
function objectOf(dice: Dice, w: World, sender: string): unknown {
  const { origin } = new URL(sender);
  const follow = { type: 'Follow', id: `${origin}/follows/${dice.roll(50)}`, actor: sender, object: w.actor };
  const ours = { type: 'Follow', id: `${w.actor}#follows/${dice.roll(50)}`, actor: w.actor, object: sender };
  const note = { type: 'Note', id: `${origin}/notes/${dice.roll(1000)}`, attributedTo: sender, content: 'words' };
  return dice.pick<() => unknown>([
    ...[w.actor, w.object, sender, follow.id, follow, ours, ours.id, note, { ...note, inReplyTo: w.object }].map(
      (v) => () => v,
    ),
    () => ({ ...follow, actor: oddUrl(dice, w) }),
    () => ({ ...note, id: oddUrl(dice, w) }),
    () => ({ ...note, attributedTo: oddUrl(dice, w), inReplyTo: [w.object, oddUrl(dice, w)] }),
    () => ({ type: 'Person', id: dice.pick([sender, w.actor]), inbox: oddUrl(dice, w) }),
    () => ({ type: dice.pick(types), id: `${origin}/a/${dice.roll(100)}`, actor: sender, object: follow }),
    () => oddUrl(dice, w),
    () => oddValue(dice, w),
  ])();
}

/** A well-formed activity of that sender's, with whatever object; `n` makes its id its own, but that some come again. */
export function makeActivity(dice: Dice, w: World, sender: string, n: number): Json {
  const { origin } = new URL(sender);
  const proof = { type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022', proofPurpose: 'assertionMethod' };
  return {
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/data-integrity/v1'],
    id: `${origin}/a/${dice.roll(20) === 0 ? dice.roll(100) : n}`,
    type: dice.pick(types),
    actor: sender,
    object: objectOf(dice, w, sender),
    to: ['https://www.w3.org/ns/activitystreams#Public'],
    ...(dice.roll(4) === 0 && { cc: [w.actor, `${sender}/followers`], published: new Date(0).toISOString() }),
    ...(dice.roll(8) === 0 && { target: oddUrl(dice, w), instrument: oddValue(dice, w) }),
    ...(dice.roll(8) === 0 && {
      signature: { type: 'RsaSignature2017', creator: oddUrl(dice, w), signatureValue: 'AA' },
    }),
    ...(dice.roll(8) === 0 && {
      proof: { ...proof, created: '2026-01-01T00:00:00Z', verificationMethod: oddUrl(dice, w), proofValue: 'z11' },
    }),
  };
}
