import { setTimeout as sleep } from 'node:timers/promises';
import { call, newContentHash } from '../api-client.ts';
import type { Dice } from '../dice.ts';
import type { ProcessSuite } from '../process-suite.ts';
import { startStranger, type Stranger } from '../strangers/stranger.ts';

/** Somebody elsewhere, on one of several hosts. */
export interface Sender {
  stranger: Stranger;
  name: string;
}

/** What has happened so far; `over` says when to end. */
export interface Exchange {
  over: boolean;
  kills: number;
  /** How often both replicas were killed at once. */
  pairs: number;
  /** Ids of activities that were answered 202, and how many requests that took beyond one each. */
  acknowledged: string[];
  repeatedIn: number;
}

export const newExchange = (): Exchange => ({ over: false, kills: 0, pairs: 0, acknowledged: [], repeatedIn: 0 });

const HOSTS = 20;
const PATIENCE_MS = 240_000;

export async function startSenders(count: number): Promise<Sender[]> {
  const strangers = await Promise.all(Array.from({ length: HOSTS }, () => startStranger()));
  const names = Array.from({ length: Math.ceil(count / HOSTS) }, (_, i) => `u${i}`);
  return strangers.flatMap((stranger) => names.map((name) => ({ stranger, name }))).slice(0, count);
}

/** Sends an activity, signed anew each time, until it is acknowledged, as every server of the fediverse does. Rejects when it is refused. */
async function sendUntilTaken(o: Exchange, inbox: string, { stranger, name }: Sender, document: { id: string }) {
  const end = Date.now() + PATIENCE_MS;
  let last = '';
  while (Date.now() < end) {
    const answer = await stranger.post(name, inbox, document).catch((error: unknown) => void (last = String(error)));
    if (answer?.status === 202) return void o.acknowledged.push(document.id);
    if (answer !== undefined && answer.status < 500)
      throw new Error(`${document.id}: ${answer.status} ${String(answer.code)}`);
    if (answer !== undefined) last = `${answer.status} ${answer.text}`;
    o.repeatedIn += 1;
    await sleep(100);
  }
  throw new Error(`${document.id} was never acknowledged, ${o.acknowledged.length} others were; at last: ${last}`);
}

/** Every sender says one thing about each of these objects, many senders at once. */
export async function sendAll(
  o: Exchange,
  inbox: string,
  senders: readonly Sender[],
  say: { type: string; objects: readonly string[] },
): Promise<void> {
  const todo = say.objects.flatMap((object) => senders.map((sender) => ({ sender, object })));
  const lane = async (): Promise<void> => {
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
      const { sender, object } = next;
      const document = sender.stranger.activity(sender.name, { type: say.type, object });
      await sendUntilTaken(o, inbox, sender, document);
    }
  };
  await Promise.all(Array.from({ length: 12 }, lane));
}

/** Registers assets one after the other; the ids of the claims and of their objects. */
export async function claim(
  suite: ProcessSuite,
  token: string,
  count: number,
): Promise<{ activities: string[]; objects: string[] }> {
  const made: { activities: string[]; objects: string[] } = { activities: [], objects: [] };
  for (let n = 0; n < count; n += 1) {
    const contentHash = newContentHash();
    const body = { name: `work-${contentHash.slice(0, 12)}`, content_hash: contentHash, asset_type: 'image' };
    const answer = await call(suite.url, '/assets', { token, body });
    if (answer.status !== 201) throw new Error(`registering answered ${answer.status}`);
    const activity = answer.body['activity'] as { id: string; object: { id: string } };
    made.activities.push(activity.id);
    made.objects.push(activity.object.id);
  }
  return made;
}

/** Kills one of both replicas, or both, where they stand, at random moments, and starts them again. */
export async function killReplicas(o: Exchange, suite: ProcessSuite, dice: Dice): Promise<void> {
  while (!o.over) {
    await sleep(1_000 + dice.roll(5_000));
    const victims = dice.pick([[0], [1], [0, 1]]);
    await Promise.all(victims.map((which) => suite.processOf('federation', which).kill('SIGKILL')));
    o.kills += victims.length;
    if (victims.length > 1) o.pairs += 1;
    await Promise.all(victims.map((which) => suite.restart('federation', which)));
  }
}
