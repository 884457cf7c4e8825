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

const activityStreams = 'https://www.w3.org/ns/activitystreams';

/** What Mastodon puts before a note. */
const noteContext = [
  activityStreams,
  {
    ostatus: 'http://ostatus.org#',
    atomUri: 'ostatus:atomUri',
    inReplyToAtomUri: 'ostatus:inReplyToAtomUri',
    conversation: 'ostatus:conversation',
    sensitive: 'as:sensitive',
    toot: 'http://joinmastodon.org/ns#',
    votersCount: 'toot:votersCount',
  },
];

/** In the shape that Mastodon gives it. */
function noteOf(by: Sender, to: string[], cc: string[]): Record<string, unknown> {
  const id = `${by.actor}/statuses/${serial}`;
  const content = `<p>${'What was made today, and of what, and for whom. '.repeat(8)}</p>`;
  const replies = { type: 'CollectionPage', next: `${id}/replies?page=true`, partOf: `${id}/replies`, items: [] };
  return {
    ...{ id, type: 'Note', summary: null, inReplyTo: null, published: new Date().toISOString(), url: id },
    ...{ attributedTo: by.actor, to, cc, sensitive: false, atomUri: id, inReplyToAtomUri: null },
    ...{ conversation: `tag:far.example,2026:objectId=${serial}:objectType=Conversation` },
    ...{ content, contentMap: { en: content }, attachment: [], tag: [] },
    replies: { id: `${id}/replies`, type: 'Collection', first: replies },
  };
}

/** Mostly notes to nobody here, some shares of things elsewhere, some likes of something of the receiver's. All ids are new. */
function activityOf(by: Sender, object: string): Record<string, unknown> {
  serial += 1;
  const [to, cc] = [[`${activityStreams}#Public`], [`${by.actor}/followers`]];
  const common = { id: `${by.actor}/activities/${process.pid}-${serial}`, actor: by.actor, to, cc };
  if (serial % 10 === 0) return { '@context': activityStreams, ...common, type: 'Like', object };
  if (serial % 10 === 5)
    return { '@context': activityStreams, ...common, type: 'Announce', object: `${by.actor}/statuses/0` };
  const published = new Date().toISOString();
  return { '@context': noteContext, ...common, type: 'Create', published, object: noteOf(by, to, cc) };
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
