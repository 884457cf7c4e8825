import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { userNotFound } from '../http/errors.ts';
import { instanceDescriptor, namesInstance } from '../instance/instance-webfinger.ts';
import { findActor, type ActorDeps } from './actor-with-keys.ts';
import { resourceDescriptor, usernameOfResource } from './webfinger.ts';

/** `GET /.well-known/webfinger?resource=acct:user@host` (RFC 7033): 400 without a resource, 404 for whom we do not have. */
export function webfingerRoute(deps: Pick<ActorDeps, 'actors' | 'urls'>): RequestHandler {
  return async (req, res) => {
    res.setHeader('access-control-allow-origin', '*');
    const resource = req.query['resource'];
    if (typeof resource !== 'string' || resource === '') {
      throw new AppError('resource_missing', 400, `Name one resource, such as ?resource=acct:user@${deps.urls.host}.`);
    }
    const isInstance = namesInstance(deps.urls, resource);
    const username = usernameOfResource(deps.urls, resource);
    const actor = isInstance || username === undefined ? undefined : await findActor(deps, username);
    if (!isInstance && (actor === undefined || actor.deletedAt !== null)) throw userNotFound();
    res.setHeader('content-type', 'application/jrd+json');
    const descriptor =
      actor === undefined ? instanceDescriptor(deps.urls) : resourceDescriptor(deps.urls, actor.username);
    res.send(Buffer.from(JSON.stringify(descriptor)));
  };
}
