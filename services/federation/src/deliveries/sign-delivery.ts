import { signRequest } from '@artdag/http-signatures';
import { signingKey, type ActorKey } from '../actors/actor-keys.ts';
import type { Knock, Signed } from '../remote-hosts/knock-twice.ts';
import { SigningRefused, type Sign } from './batch-signer.ts';
import type { Delivery } from './delivery.ts';
import { keysFor, learnKeys, type Sender, type SenderKeysDeps } from './sender-keys.ts';

export interface SignDeliveryDeps extends SenderKeysDeps {
  sign: Sign;
}

/** A job of an actor of whom we have heard, and whose text is still there. */
export interface Sendable {
  job: Delivery;
  sender: Sender;
  text: string;
  body: Buffer;
}

/** A key that changes this often between look-up and signature is a fault, not a rotation. */
const MAX_COMPOSITIONS = 3;

/**
 * The signed text names the key, so it is composed anew when identity says that another one would sign. Who has ended may still tell of ends:
 * its own, or one of its works'.
 * Rejects with SigningRefused, TypeError for an inbox that cannot be signed for, or AppError 503 when identity does not answer.
 */
export async function signDelivery(deps: SignDeliveryDeps, sendable: Sendable, knock: Knock): Promise<Signed> {
  const { job, sender, text, body } = sendable;
  const { actorId } = sender;
  let keyId = presentKeyId(await keysFor(deps, sender, text));
  let farewell = job.kind === 'delete';
  for (let composition = 1; ; composition += 1) {
    try {
      const headers = await signRequest({
        ...knock,
        method: 'POST',
        url: job.inbox,
        body,
        keyId,
        headers: { 'content-type': 'application/activity+json' },
        date: deps.now(),
        sign: (bytes) => deps.sign({ actorId, keyId, farewell }, bytes),
      });
      return { headers, keyId };
    } catch (error) {
      if (!(error instanceof SigningRefused) || composition === MAX_COMPOSITIONS) throw error;
      if (error.code === 'key_changed') keyId = presentKeyId(await learnKeys(deps, sender));
      else if (error.code === 'actor_disabled' && !farewell && isDelete(text)) farewell = true;
      else throw error;
    }
  }
}

function isDelete(text: string): boolean {
  return (JSON.parse(text) as { type?: unknown }).type === 'Delete';
}

function presentKeyId(keys: readonly ActorKey[]): string {
  const key = signingKey(keys);
  if (key === undefined) throw new SigningRefused({ code: 'unknown_actor', status: 404 });
  return key.key_id;
}
