import type { Envelope, l1RevocationFailed, rendererAttached, rendererDetached, runRecorded } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { appendAudit } from '../audit/audit.ts';

/*
 * What people do at L1s, and what an L1 was not told, belongs in the audit log. Names of people, of works and of runs stay out of it: they can
 * be erased where they are, but not there. An asset's id leads to all of them for as long as it may.
 */

type EventOf<D extends { data: z.ZodType }> = Envelope<z.output<D['data']>>;

/** `run-recorded`: the output of a run became somebody's asset. */
export async function onRunRecorded(event: EventOf<typeof runRecorded>, execute: Execute): Promise<void> {
  const { l1_server, asset } = event.data;
  await append(execute, event, 'run.recorded', { l1_server, activity_id: asset.activity_id });
}

/** `renderer-attached`: an L1 lets somebody in. */
export async function onRendererAttached(event: EventOf<typeof rendererAttached>, execute: Execute): Promise<void> {
  await append(execute, event, 'renderer.attached', { l1_server: event.data.l1_url });
}

/** `renderer-detached`: it does no longer. */
export async function onRendererDetached(event: EventOf<typeof rendererDetached>, execute: Execute): Promise<void> {
  const { l1_url: l1_server, reason } = event.data;
  await append(execute, event, 'renderer.detached', { l1_server, reason });
}

/** `l1-revocation-failed`: an L1 may still have a session of somebody whose token is dead. Its own words are no part of ours. */
export async function onL1RevocationFailed(event: EventOf<typeof l1RevocationFailed>, execute: Execute): Promise<void> {
  const { l1_url: l1_server, jti, attempts } = event.data;
  await append(execute, event, 'l1_revocation.failed', { l1_server, jti, attempts });
}

async function append(
  execute: Execute,
  { subject: target, actor_id: actorId, correlation_id: requestId }: Envelope,
  action: string,
  data: Record<string, unknown>,
): Promise<void> {
  await appendAudit(execute, { actorId, action, target, requestId, data });
}
