import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { openDatabase } from '@artdag/database/federation';
import { version } from '@artdag/service-kit';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent, deletedEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';

let offsetMs = 0;
const now = () => new Date(Date.now() + offsetMs);
const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase }, { now });
const DAY_MS = 24 * 3600_000;

/** The published schema of NodeInfo 2.1, as strict as it is; of its lists only what we may say. */
const nodeInfo21 = z.strictObject({
  version: z.literal('2.1'),
  software: z.strictObject({
    name: z.string().regex(/^[a-z0-9-]+$/),
    version: z.string(),
    repository: z.string().optional(),
    homepage: z.string().optional(),
  }),
  protocols: z.array(z.literal('activitypub')).min(1),
  services: z.strictObject({ inbound: z.array(z.never()), outbound: z.array(z.never()) }),
  openRegistrations: z.boolean(),
  usage: z.strictObject({
    users: z.strictObject({
      total: z.int().min(0),
      activeHalfyear: z.int().min(0),
      activeMonth: z.int().min(0),
    }),
    localPosts: z.int().min(0),
  }),
  metadata: z.record(z.string(), z.unknown()),
});

describe('NodeInfo', () => {
  it('is found by its well-known address, follows the schema, and counts who published when', async () => {
    const { url, addUser, publish } = kit.federation;
    const [ann, ben] = [await addUser('ann'), await addUser('ben')];
    const gone = await addUser('gone');
    await addUser('quiet');
    await publish(assetEvent('registered', ann.newAsset(), 1));
    await publish(assetEvent('registered', ben.newAsset(), 1, new Date(Date.now() - 40 * DAY_MS)));
    await publish(deletedEvent(gone.actorId, 2));

    const found = await send(`${url}/.well-known/nodeinfo`);
    expect(found.json()).toEqual({
      links: [{ rel: 'http://nodeinfo.diaspora.software/ns/schema/2.1', href: `${url}/nodeinfo/2.1` }],
    });
    const answer = await send(`${url}/nodeinfo/2.1`);
    for (const { status, headers } of [found, answer]) {
      expect(status).toBe(200);
      expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=1800' });
    }
    expect(answer.headers['content-type']).toBe(
      'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"; charset=utf-8',
    );
    expect(nodeInfo21.parse(answer.json())).toMatchObject({
      software: { name: 'art-dag-l2', version, repository: 'https://source.example/art-dag-l2' },
      openRegistrations: true,
      usage: { users: { total: 3, activeHalfyear: 2, activeMonth: 1 }, localPosts: 2 },
    });
  });

  it('counts anew after ten minutes, and not before', async () => {
    const { url, addUser } = kit.federation;
    const total = async () => nodeInfo21.parse((await send(`${url}/nodeinfo/2.1`)).json()).usage.users.total;
    const before = await total();
    await addUser('newcomer');
    expect(await total()).toBe(before);
    offsetMs += 10 * 60_000;
    expect(await total()).toBe(before + 1);
  });
});

describe('host-meta', () => {
  const hostMeta = async (accept?: string, path = 'host-meta') =>
    send(`${kit.federation.url}/.well-known/${path}`, accept === undefined ? {} : { headers: [['accept', accept]] });

  it.each([undefined, '*/*', 'application/xrd+xml', 'text/html', 'application/json;q=0.5, application/xrd+xml'])(
    'is XRD to who accepts %s',
    async (accept) => {
      const answer = await hostMeta(accept);
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/xrd+xml; charset=utf-8',
        'access-control-allow-origin': '*',
        vary: expect.stringContaining('Accept'),
      });
      expect(answer.text).toContain('<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">');
      expect(answer.text).toContain(`template="${kit.federation.url}/.well-known/webfinger?resource={uri}"`);
    },
  );

  it.each([
    ['application/json', 'host-meta'],
    ['application/jrd+json, application/xrd+xml;q=0.9', 'host-meta'],
    [undefined, 'host-meta.json'],
  ])('is JRD to who accepts %s of %s', async (accept, path) => {
    const answer = await hostMeta(accept, path);
    expect(answer.headers['content-type']).toBe('application/jrd+json; charset=utf-8');
    const template = `${kit.federation.url}/.well-known/webfinger?resource={uri}`;
    expect(answer.json()).toEqual({ links: [{ rel: 'lrdd', type: 'application/jrd+json', template }] });
  });

  it('has a template that leads to a user', async () => {
    const { url, addUser } = kit.federation;
    await addUser('cara');
    const [link] = (await hostMeta(undefined, 'host-meta.json')).json()['links'] as { template: string }[];
    const resource = encodeURIComponent(`acct:cara@${new URL(url).host}`);
    const answer = await send(link?.template.replace('{uri}', resource) ?? '');
    expect(answer.json()).toMatchObject({ subject: `acct:cara@${new URL(url).host}` });
  });
});
