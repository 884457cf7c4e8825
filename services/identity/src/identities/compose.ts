import { requireActor, requireService } from '@artdag/actor-context';
import { listAgentsRoute } from '../agents/list-agents.route.ts';
import { provisionAgentRoute } from '../agents/provision-agent.route.ts';
import { revokeAgentRoute } from '../agents/revoke-agent.route.ts';
import type { Part, Shared } from '../part.ts';
import { createChallenges } from '../public-keys/challenges.ts';
import { createOrgRoute } from './create-org.route.ts';
import { deleteIdentityRoute } from './delete-identity.route.ts';
import { getProfileRoute } from './get-profile.route.ts';
import { listProfilesRoute } from './list-profiles.route.ts';
import { publicProfileRoute } from './public-profile.route.ts';
import { userUpdatedConsumer } from './on-user-updated.ts';
import { updateProfileRoute } from './update-profile.route.ts';

/** Profiles, organisations and agents. */
export function composeIdentities(shared: Shared): Part {
  const deps = { ...shared, challenges: createChallenges(shared) };
  return {
    consumers: [userUpdatedConsumer(shared)],
    routes(app) {
      const signedIn = [shared.attach, requireActor()];
      app.get('/api/identities', listProfilesRoute(deps));
      app.post('/api/identities', signedIn, createOrgRoute(deps));
      // Before the handles: nobody is called `agent`.
      app.get('/api/identities/agent', signedIn, listAgentsRoute(deps));
      app.post('/api/identities/agent', signedIn, provisionAgentRoute(deps));
      app.delete('/api/identities/agent/:handle', signedIn, revokeAgentRoute(deps));
      app.get('/api/identities/:handle', getProfileRoute(deps));
      app.patch('/api/identities/:handle', signedIn, updateProfileRoute(deps));
      app.delete('/api/identities/:handle', signedIn, deleteIdentityRoute(deps));
      app.get('/internal/identity/profiles/:actorId', requireService('federation'), publicProfileRoute(deps));
    },
  };
}
