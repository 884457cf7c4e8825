import { requireActor, requireScope, requireService } from '@artdag/actor-context';
import { createHttpApp, jsonBody, version, type Health, type Logger, type Metrics } from '@artdag/service-kit';
import type { Express, RequestHandler } from 'express';
import type { ActorDeps } from './actors/actor-with-keys.ts';
import { getActorRoute } from './actors/get-actor.route.ts';
import { listUsersRoute } from './actors/list-users.route.ts';
import { webfingerRoute } from './actors/webfinger.route.ts';
import { requireSignature, type AuthorizedFetchDeps } from './authorized-fetch/require-signature.ts';
import { hostMetaJsonRoute, hostMetaRoute } from './discovery/host-meta.route.ts';
import { nodeInfoLinksRoute, nodeInfoRoute, type NodeInfoDeps } from './discovery/node-info.route.ts';
import { followRoute, unfollowRoute } from './following/follow.route.ts';
import type { FollowDeps } from './following/follow-target.ts';
import type { ListFollowingDeps } from './following/list-following.ts';
import { listFollowingRoute } from './following/list-following.route.ts';
import { followersRoute, followingRoute, type FollowersDeps } from './followers/collections.route.ts';
import { methodNotAllowed } from './http/errors.ts';
import { inboxRoute, type InboxDeps } from './inbox/inbox.route.ts';
import { instanceActorRoute, instanceOutboxRoute, type InstanceDeps } from './instance/instance-actor.route.ts';
import { operatingRoutes, type OperatingDeps } from './operating/operating-routes.ts';
import { remoteFollowRoute, type RemoteFollowRouteDeps } from './remote-follow/remote-follow.route.ts';
import { reactionsRoute, type ReactionsDeps } from './reactions/reactions.route.ts';
import { shareRoute, unshareRoute } from './shares/share.route.ts';
import { outboxRoute, type OutboxDeps } from './publications/outbox.route.ts';

export interface AppOptions {
  logger: Logger;
  metrics: Metrics;
  health: Health;
  metricsAllowCidrs: string[];
  trustedProxies: string[];
  actors: ActorDeps;
  instance: InstanceDeps;
  nodeInfo: NodeInfoDeps;
  outbox: OutboxDeps;
  followers: FollowersDeps & ListFollowingDeps;
  inbox: InboxDeps;
  /** Verifies who is asked for. */
  attach: RequestHandler;
  people: FollowDeps;
  remoteFollow: RemoteFollowRouteDeps;
  reactions: ReactionsDeps;
  operating: OperatingDeps;
  /** Where readers of users' documents have to sign. */
  authorizedFetch: AuthorizedFetchDeps | undefined;
}

const MAX_BODY_BYTES = 16 * 1024;

/** The whole route table. Inboxes read their bodies themselves: what strangers send is not parsed before it is bounded. */
export function createApp(o: AppOptions): Express {
  const person = [o.attach, requireActor(), requireScope('social:write')];
  const social = [...person, jsonBody({ maxBytes: MAX_BODY_BYTES })];
  const readers = o.authorizedFetch === undefined ? [] : [requireSignature(o.authorizedFetch)];
  return createHttpApp({
    ...o,
    service: 'federation',
    version,
    parseJson: false,
    routes(app) {
      // First, as nearly everything that comes comes here, and express tries one route after the other.
      app.post('/inbox', inboxRoute(o.inbox));
      app.all('/inbox', methodNotAllowed('POST'));
      app.get('/.well-known/webfinger', webfingerRoute(o.actors));
      app.get('/.well-known/host-meta', hostMetaRoute(o.actors));
      app.get('/.well-known/host-meta.json', hostMetaJsonRoute(o.actors));
      app.get('/.well-known/nodeinfo', nodeInfoLinksRoute(o.actors));
      app.get('/nodeinfo/2.1', nodeInfoRoute(o.nodeInfo));
      app.get('/actor', instanceActorRoute(o.instance));
      app.get('/actor/outbox', instanceOutboxRoute(o.instance));
      app.get('/users', listUsersRoute(o.actors));
      app.get('/users/:username', ...readers, getActorRoute(o.actors));
      app.get('/users/:username/outbox', ...readers, outboxRoute(o.outbox));
      app.get('/users/:username/followers', ...readers, followersRoute(o.followers));
      app.get('/users/:username/following', ...readers, followingRoute(o.followers));
      app.get('/users/:username/remote-follow', remoteFollowRoute(o.remoteFollow));
      app.post('/users/:username/inbox', inboxRoute(o.inbox));
      app.all('/users/:username/inbox', methodNotAllowed('POST'));
      app.get('/objects/:hash/likes', ...readers, reactionsRoute(o.reactions, 'like'));
      app.get('/objects/:hash/shares', ...readers, reactionsRoute(o.reactions, 'share'));
      app.get('/objects/:hash/replies', ...readers, reactionsRoute(o.reactions, 'reply'));
      app.get('/following', ...person, listFollowingRoute(o.followers));
      app.post('/follow', ...social, followRoute(o.people));
      app.post('/unfollow', ...social, unfollowRoute(o.people));
      app.post('/share', ...social, shareRoute(o.people));
      app.post('/unshare', ...social, unshareRoute(o.people));
      app.use('/internal/admin/federation', o.attach, requireService('admin'), operatingRoutes(o.operating));
    },
  });
}
