import { signRequest } from '@fedify/fedify/sig';
import { Follow, Undo, isActor } from '@fedify/vocab';
import { createActivities } from './activities.mjs';
import { IDENTIFIER } from './federation.mjs';
import { specOf } from './settings.mjs';
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

/** What a test asks of the peer: one function per `POST /control/<name>`, taking the request's JSON. */
export function createControls({ state, sender, reader, forget }) {
  const me = () => sender().getActorUri(IDENTIFIER);
  const loaderOf = (ctx) =>
    state.settings.signsFetches ? ctx.getDocumentLoader(state.keys.present()) : ctx.documentLoader;
  const readActor = async (target) => {
    const ctx = sender();
    const url = await resolveTarget(target, new URL(ctx.origin).protocol);
    const actor = await ctx.lookupObject(url, { documentLoader: loaderOf(ctx) });
    if (!isActor(actor)) throw new Error(`${target} is not an actor`);
    return actor;
  };
  const followOf = (id, actor) => new Follow({ id: new URL(id), actor: me(), object: actor.id, to: actor.id });
  /** Sends it and says how that was answered, where it was not with success; with `patient` by Fedify's queue, which tries again. */
  const send = async (actor, activity, o = {}) => {
    const answer = { id: activity.id.href, object: activity.objectId?.href };
    try {
      await sender().sendActivity(state.keys.signers(o), actor, activity, { immediate: !o.patient });
      return { ...answer, refused: null };
    } catch (error) {
      if (error.statusCode === undefined) throw error;
      return { ...answer, refused: { status: error.statusCode, body: error.responseBody } };
    }
  };

  return {
    /** `{target, id?}` sends a signed Follow and answers its id. */
    async follow({ target, id = `${me()}#follows/${crypto.randomUUID()}` }) {
      const actor = await readActor(target);
      const { refused } = await send(actor, followOf(id, actor));
      if (refused) throw new Error(`the Follow was answered ${refused.status}: ${refused.body}`);
      state.follows.set(target, id);
      return { id, target: actor.id.href, inbox: actor.inboxId?.href };
    },
    /** `{target}` undoes the last Follow of that target. */
    async unfollow({ target }) {
      const actor = await readActor(target);
      const object = followOf(state.follows.get(target), actor);
      return send(
        actor,
        new Undo({ id: new URL(`${me()}#undos/${crypto.randomUUID()}`), actor: me(), object, to: actor.id }),
      );
    },
    /** `{target, what, former?, patient?, …}` sends an activity of activities.mjs, signed by the former RSA key if asked for. */
    async send({ target, what, former, patient, ...about }) {
      const actor = await readActor(target);
      const make = createActivities({ me: me(), origin: sender().origin, notes: state.notes })[what];
      return send(actor, make(actor, about), { former, patient });
    },
    /** `{inbox, document}`: a document as it stands, in a request that the peer signs. */
    async post({ inbox, document }) {
      const { keyId, privateKey } = state.keys.present();
      const headers = { 'content-type': 'application/activity+json' };
      const request = new Request(inbox, { method: 'POST', headers, body: JSON.stringify(document) });
      const answer = await fetch(
        await signRequest(request, privateKey, keyId, { spec: specOf(state.settings.speaks) }),
      );
      return { status: answer.status, body: await answer.text() };
    },
    /** `{sameId}`: a new RSA key. */
    rotate: (o) => state.keys.rotate(o),
    /** `{url, as}` reads a document by Fedify's loaders: `signed` or `unsigned`. */
    async read({ url, signed }) {
      const ctx = sender();
      const load = signed ? ctx.getDocumentLoader(state.keys.present()) : ctx.documentLoader;
      try {
        return { document: (await load(url)).document };
      } catch (error) {
        return { error: String(error) };
      }
    },
    /** `{documents}`: Fedify's verdicts on the proof and the Linked Data Signature of each. */
    async verify({ documents }) {
      const ctx = reader();
      const loaders = { documentLoader: loaderOf(ctx), contextLoader: ctx.contextLoader };
      const verdicts = [];
      for (const document of documents) verdicts.push(await judgeDocument(document, loaders));
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
    /** Some of the settings of settings.mjs. */
    set: async (some) => Object.assign(state.settings, some),
  };
}
