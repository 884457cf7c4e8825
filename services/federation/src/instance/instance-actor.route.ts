import type { RequestHandler } from 'express';
import { sendActivityJson } from '../http/activity-json.ts';
import type { LocalUrls } from '../urls.ts';
import { instanceDocument } from './instance-document.ts';
import type { InstanceKeys } from './instance-keys.ts';

export interface InstanceDeps {
  urls: LocalUrls;
  keys: Pick<InstanceKeys, 'present'>;
}

/**
 * `GET /actor`: the instance actor. Never asks for a signature: who wants to verify ours has to find its key, and would else ask us for
 * the key of the key.
 */
export function instanceActorRoute({ urls, keys }: InstanceDeps): RequestHandler {
  return async (req, res) => sendActivityJson(req, res, instanceDocument(urls, await keys.present()));
}

/** `GET /actor/outbox`: it publishes nothing. */
export function instanceOutboxRoute({ urls }: Pick<InstanceDeps, 'urls'>): RequestHandler {
  const outbox = {
    '@context': 'https://www.w3.org/ns/activitystreams',
    ...{ id: `${urls.instance}/outbox`, type: 'OrderedCollection', totalItems: 0, orderedItems: [] },
  };
  return (req, res) => sendActivityJson(req, res, outbox);
}
