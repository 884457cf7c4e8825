import { AppError, RETRY_AFTER_SECONDS } from '@artdag/service-kit';
import { z } from 'zod';
import type { ServiceAnswer, ServiceClient } from '../../service-client.ts';

const text = z.string().nullable();

/** A run as l1-bridge has understood it. */
const runSchema = z.object({
  status: z.string(),
  username: text,
  actor_id: text,
  output_hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  ipfs_cid: text,
  provenance_cid: text,
  asset_type: text,
  recipe: z.unknown(),
  inputs: z.array(z.unknown()),
  effects: z.array(z.unknown()),
  infrastructure: z.record(z.string(), z.unknown()),
  completed_at: text,
});

export type Run = z.output<typeof runSchema>;

const fetchedSchema = z.object({ l1_server: z.url(), run: runSchema, fetched_at: z.iso.datetime() });
const refusalSchema = z.object({ code: z.string(), detail: z.string() });

export interface FetchedRun {
  /** In its one spelling. */
  l1Server: string;
  run: Run;
  fetchedAt: string;
}

export interface L1Runs {
  /** @throws AppError 403 `l1_not_authorized`, 404 `run_not_found`, 502 `l1_unreachable`, `l1_bad_response`, 503 `dependency_unavailable` */
  fetch(l1Server: string, runId: string): Promise<FetchedRun>;
}

/** l1-bridge takes half a minute at most. */
const timeoutMs = 45_000;
/** What l1-bridge says about an L1 or a run goes on to whoever asked; anything else is between it and us. */
const passedOn = new Set(['l1_not_authorized', 'run_not_found', 'l1_unreachable', 'l1_bad_response']);

/** Runs of L1 servers, which l1-bridge alone talks to. */
export function createL1Runs(bridge: Pick<ServiceClient, 'request'>): L1Runs {
  return {
    async fetch(l1Server, runId) {
      const body = JSON.stringify({ l1_server: l1Server, run_id: runId });
      const answer = await ask(bridge, body);
      const fetched = fetchedSchema.safeParse(answer.body);
      if (answer.status !== 200 || !fetched.success) throw refusalOf(answer);
      const { l1_server: url, run, fetched_at: fetchedAt } = fetched.data;
      return { l1Server: url, run, fetchedAt };
    },
  };
}

async function ask(bridge: Pick<ServiceClient, 'request'>, body: string): Promise<ServiceAnswer> {
  try {
    return await bridge.request('POST', '/internal/l1/runs/fetch', { body, timeoutMs });
  } catch (error) {
    throw unavailable(error);
  }
}

function refusalOf({ status, body }: ServiceAnswer): AppError {
  const refusal = refusalSchema.safeParse(body);
  if (!refusal.success || !passedOn.has(refusal.data.code))
    return unavailable(new Error(`l1-bridge answered ${status}`));
  return new AppError(refusal.data.code, status, refusal.data.detail);
}

function unavailable(cause: unknown): AppError {
  return new AppError('dependency_unavailable', 503, 'Runs cannot be fetched now; try again shortly.', {
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    cause,
  });
}
