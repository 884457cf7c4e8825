import { Follow, Undo, isActor } from '@fedify/vocab';
import { IDENTIFIER } from './federation.mjs';
import { judgeDocument } from './verdicts.mjs';

/** `acct:user@host:port` asked by WebFinger over the peer's own scheme, since Fedify asks `acct:` over https only. */
async function resolveTarget(target, scheme) {
  if (!target.startsWith('acct:')) return new URL(target);
  const host = target.slice(target.lastIndexOf('@') + 1);
  const answer = await fetch(`${scheme}//${host}/.well-known/webfinger?resource=${encodeURIComponent(target)}`);
  if (!answer.ok) throw new Error(`WebFinger for ${target} answered ${answer.status}`);
  const { links } = await answer.json();
  const self = links.find((link) => link.rel === 'self' && link.type === 'application/activity+json');
  if (!self) throw new Error(`WebFinger for ${target} names no actor`);
  return new URL(self.href);
}

async function readActor(ctx, target) {
  const actor = await ctx.lookupObject(await resolveTarget(target, new URL(ctx.origin).protocol));
  if (!isActor(actor)) throw new Error(`${target} is not an actor`);
  return actor;
}

/** What a test asks of the peer: one function per `POST /control/<name>`, taking the request's JSON. */
export function createControls({ ctx, state, forget }) {
  const me = () => ctx.getActorUri(IDENTIFIER);
  const followOf = (id, actor) => new Follow({ id: new URL(id), actor: me(), object: actor.id, to: actor.id });
  return {
    /** `{target, id?}` sends a signed Follow and answers its id. */
    async follow({ target, id = `${me()}#follows/${crypto.randomUUID()}` }) {
      const actor = await readActor(ctx, target);
      await ctx.sendActivity({ identifier: IDENTIFIER }, actor, followOf(id, actor));
      state.follows.set(target, id);
      return { id, target: actor.id.href, inbox: actor.inboxId?.href };
    },
    /** `{target}` undoes the last Follow of that target. */
    async unfollow({ target }) {
      const actor = await readActor(ctx, target);
      const follow = followOf(state.follows.get(target), actor);
      const undo = new Undo({
        id: new URL(`${me()}#undos/${crypto.randomUUID()}`),
        actor: me(),
        object: follow,
        to: actor.id,
      });
      await ctx.sendActivity({ identifier: IDENTIFIER }, actor, undo);
      return { id: undo.id.href };
    },
    /** `{documents}`: Fedify's verdict on the proof of each. */
    async verify({ documents }) {
      const { documentLoader, contextLoader } = ctx;
      const verdicts = [];
      for (const document of documents) verdicts.push(await judgeDocument(document, { documentLoader, contextLoader }));
      return { verdicts };
    },
    /** Deliveries are judged by somebody who has seen no key yet. */
    async forget() {
      forget();
      return {};
    },
    /** `{status, times}`: the next deliveries get that status and are not looked at. */
    async fail({ status, times }) {
      state.failures = { status, times };
      return state.failures;
    },
  };
}
