import { actorOf } from '@artdag/actor-context';
import { addressKey, type FailureLimiter } from '@artdag/rate-limit';
import { clientIp } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { refuseAllButPeople } from '../identities/caller.ts';
import { shownIdentity } from '../identities/profile.ts';
import { displayNameSchema } from '../identities/profile-changes.ts';
import { countFailures } from '../public-keys/count-failures.ts';
import { keySummary } from '../public-keys/key-summary.ts';
import { proofFields, proofOf } from '../public-keys/prove-key.ts';
import { capabilitiesSchema } from './capabilities.ts';
import { provisionAgent, type ProvisionAgentDeps } from './provision-agent.ts';

const ttl = { min: 60, max: 2_592_000, default: 7200 };

export const provisionAgentBodySchema = z.object({
  handle: z.string().min(1).max(256),
  display_name: displayNameSchema.nullish(),
  agent_model: displayNameSchema.nullish().meta({ description: 'What kind of program it is.' }),
  capabilities: capabilitiesSchema.meta({ description: 'Scopes within one’s own; none: what takes no scope.' }),
  ttl_seconds: z.int().min(ttl.min).max(ttl.max).default(ttl.default),
  ...proofFields,
});

/**
 * `POST /api/identities/agent` `{handle, display_name?, agent_model?, capabilities, ttl_seconds?, challenge_token, public_key_b64,
 * signature_b64}`, the proof being the agent's key's → 201 `{identity, key, expires_at, spawned_by}`; 200 with the same for the same key again.
 */
export function provisionAgentRoute(deps: ProvisionAgentDeps & { failures: FailureLimiter }): RequestHandler {
  return async (req, res) => {
    const caller = actorOf(req);
    refuseAllButPeople(caller);
    const body = provisionAgentBodySchema.parse(req.body);
    const { handle, capabilities, ttl_seconds: ttlSeconds } = body;
    const { created, profile, key } = await countFailures(deps, addressKey(clientIp(req)), () =>
      provisionAgent(deps, caller, {
        ...{
          handle,
          displayName: body.display_name ?? null,
          model: body.agent_model ?? null,
          capabilities,
          ttlSeconds,
        },
        ...{ proof: proofOf(body), correlationId: res.locals.requestId },
      }),
    );
    if (created) res.status(201).location(`/api/identities/${profile.handle}`);
    const identity = shownIdentity(profile);
    const { expires_at, spawned_by } = identity;
    res.set('cache-control', 'no-store').json({ identity, key: keySummary(key), expires_at, spawned_by });
  };
}
