import { Follow } from '@fedify/vocab';
import { answerFollow } from './activities.mjs';
import { createControls } from './control.mjs';
import { createPeerFederation, IDENTIFIER } from './federation.mjs';
import { createPeerKeys } from './keys.mjs';
import { DEFAULTS } from './settings.mjs';
import { createJudge } from './verdicts.mjs';

function newState(keys) {
  return {
    keys,
    settings: { ...DEFAULTS },
    received: [],
    effects: new Map(),
    follows: new Map(),
    notes: new Map(),
    /** Requests in and out, in their order. */
    wire: [],
    /** Who asked for the actor, by their signature, while it is shown to signed requests only. */
    fetchers: [],
    failures: { status: 503, times: 0 },
  };
}

/** Who this peer is, with a Fedify for each scheme that it may speak at first, and one that judges. */
export async function createPeer(origin) {
  const state = newState(await createPeerKeys(new URL(`${origin}/users/${IDENTIFIER}`)));
  const newFederation = (scheme, onActivity) => {
    const federation = createPeerFederation({ origin, scheme, state, onActivity });
    return { federation, ctx: federation.createContext(new URL(origin), undefined) };
  };
  const onActivity = async (ctx, activity) => {
    const { href } = activity.id;
    state.effects.set(href, (state.effects.get(href) ?? 0) + 1);
    const { forwardsTo, answersFollows } = state.settings;
    const immediate = { immediate: true };
    if (forwardsTo) await ctx.forwardActivity(state.keys.signers(), await ctx.lookupObject(forwardsTo), immediate);
    if (answersFollows && activity instanceof Follow) {
      const answer = answerFollow(answersFollows, ctx.getActorUri(IDENTIFIER), activity);
      await ctx.sendActivity(state.keys.signers(), await activity.getActor(ctx), answer, immediate);
    }
  };
  const speakers = Object.fromEntries(
    ['rfc9421', 'draft-cavage'].map((scheme) => [scheme, newFederation(scheme, onActivity)]),
  );
  /** What judges deliveries, with documents and keys of its own. */
  const newReader = () => ({ ctx: newFederation('rfc9421', () => {}).ctx, judge: createJudge() });
  const forget = () => Object.assign(state, { reader: newReader() });
  forget();
  const speaker = () => speakers[state.settings.speaks];
  const controls = createControls({ state, sender: () => speaker().ctx, reader: () => state.reader.ctx, forget });
  return { origin, state, federation: () => speaker().federation, controls };
}
