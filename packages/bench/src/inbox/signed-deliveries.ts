import { createHash, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { Sent } from '../closed-loop.ts';
import type { Sender } from './senders.ts';

const signAsync = promisify(sign);

/** Where deliveries go: the host for which they are signed, and something of the receiver's. */
export interface Receiver {
  host: string;
  path: string;
  object: string;
}

let serial = 0;

/** Mostly notes to nobody here, some shares of things elsewhere, some likes of something of the receiver's. All ids are new. */
function activityOf(by: Sender, object: string): Record<string, unknown> {
  serial += 1;
  const common = {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${by.actor}/activities/${process.pid}-${serial}`,
    actor: by.actor,
    to: ['https://www.w3.org/ns/activitystreams#Public'],
    cc: [`${by.actor}/followers`],
  };
  if (serial % 10 === 0) return { ...common, type: 'Like', object };
  if (serial % 10 === 5) return { ...common, type: 'Announce', object: `${by.actor}/notes/0` };
  const note = {
    ...{ id: `${by.actor}/notes/${serial}`, type: 'Note', attributedTo: by.actor, to: common.to, cc: common.cc },
    published: new Date().toISOString(),
    content: `<p>${'What was made today, and of what, and for whom. '.repeat(12)}</p>`,
  };
  return { ...common, type: 'Create', published: note.published, object: note };
}

/** A delivery signed by draft-cavage as Mastodon does. */
export async function signDelivery(by: Sender, to: Receiver): Promise<Sent & { body: string }> {
  const body = JSON.stringify(activityOf(by, to.object));
  const date = new Date().toUTCString();
  const digest = `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
  const type = 'application/activity+json';
  const text = `(request-target): post ${to.path}\nhost: ${to.host}\ndate: ${date}\ndigest: ${digest}\ncontent-type: ${type}`;
  const signature = (await signAsync('sha256', Buffer.from(text), by.privateKey)).toString('base64');
  const parameters = [
    `keyId="${by.keyId}"`,
    'algorithm="rsa-sha256"',
    'headers="(request-target) host date digest content-type"',
    `signature="${signature}"`,
  ];
  const headers = { host: to.host, date, digest, 'content-type': type, signature: parameters.join(',') };
  return { method: 'POST', path: to.path, headers, body };
}

/** So many deliveries by all the senders in turn, signed before anything is sent. */
export async function signDeliveries(senders: readonly Sender[], to: Receiver, count: number): Promise<Sent[]> {
  const made: Sent[] = [];
  for (let i = 0; i < count; i += 1) made.push({ method: 'POST', path: to.path, headers: {} });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) made[i] = await signDelivery(senders[i % senders.length] as Sender, to);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return made;
}
