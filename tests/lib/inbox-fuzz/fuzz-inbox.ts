import { Agent } from 'node:http';
import { createDice } from '../dice.ts';
import { send, type SentAnswer } from '../strangers/send.ts';
import type { Signing } from '../strangers/sign-by-hand.ts';
import type { Stranger } from '../strangers/stranger.ts';
import { makeActivity } from './activities.ts';
import { mutateBytes, mutateDocument } from './mutate-document.ts';
import { mutateRequest, type Delivery } from './mutate-headers.ts';
import type { World } from './odd-values.ts';

export interface Sender {
  stranger: Stranger;
  name: string;
}

export interface FuzzOptions {
  seed: number;
  /** Numbers of the first delivery and of the one after the last; what a number sends, the seed decides. */
  from: number;
  to: number;
  concurrency: number;
  world: World;
  /** Who may send the delivery of that number. */
  sendersOf: (n: number) => readonly Sender[];
}

/** How many got which answer, those whose signature was made last apart; and each delivery that got none that it may get. */
export interface FuzzTally {
  signedAfter: Map<string, number>;
  changedAfter: Map<string, number>;
  bad: string[];
}

export const newFuzzTally = (): FuzzTally => ({ signedAfter: new Map(), changedAfter: new Map(), bad: [] });

const LARGE = 60_000;

/** One delivery: of even numbers the signature is the last that is made, of odd ones something is changed afterwards. */
function makeDelivery(o: FuzzOptions, n: number): Delivery {
  const dice = createDice((o.seed ^ Math.imul(n + 1, 0x9e3779b1)) >>> 0);
  const { stranger, name } = dice.pick(o.sendersOf(n));
  const sender = stranger.actor(name);
  const body = mutateBytes(dice, mutateDocument(dice, o.world, makeActivity(dice, o.world, sender, n)));
  const path = dice.pick(['/inbox', new URL(`${o.world.actor}/inbox`).pathname]);
  const keys = stranger.keysOf(name);
  const tweak = dice.pick<Partial<Signing>>([
    { scheme: 'draft-cavage' },
    { scheme: 'rfc9421' },
    { scheme: 'rfc9421', keyId: `${sender}#ed25519`, privateKey: keys.ed25519 },
  ]);
  const delivery = { path, headers: stranger.sign(name, o.world.origin + path, body, tweak), body };
  return n % 2 === 0 ? delivery : mutateRequest(dice, o.world, delivery);
}

const mayBeCutOff = ({ headers, body }: Delivery): boolean =>
  body.length > LARGE || headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0) > LARGE;

/** Sends all of them, so many at once, and counts the answers. */
export async function fuzzInbox(o: FuzzOptions, tally: FuzzTally): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: o.concurrency });
  let next = o.from;
  const sendOne = async (n: number): Promise<void> => {
    const delivery = makeDelivery(o, n);
    const answer = await send(o.world.origin + delivery.path, delivery.headers, delivery.body, agent).catch(
      (error: unknown): Pick<SentAnswer, 'status' | 'code'> => ({ status: 0, code: String(error) }),
    );
    const counts = n % 2 === 0 ? tally.signedAfter : tally.changedAfter;
    const word = answer.status === 0 ? 'cut off' : String(answer.status);
    counts.set(word, (counts.get(word) ?? 0) + 1);
    const isBad = answer.status >= 500 || (answer.status === 0 ? !mayBeCutOff(delivery) : answer.status < 202);
    if (isBad) tally.bad.push(`delivery ${n}: ${answer.status} ${answer.code}`);
  };
  const lane = async (): Promise<void> => {
    while (next < o.to) await sendOne(next++);
  };
  await Promise.all(Array.from({ length: o.concurrency }, lane));
  agent.destroy();
}
