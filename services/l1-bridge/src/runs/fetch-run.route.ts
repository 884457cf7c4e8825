import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { fetchRun, type FetchRunDeps } from './fetch-run.ts';

const bodySchema = z.object({
  l1_server: z.string().max(2048),
  // A path of one or two dots would be another path than it says.
  run_id: z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,128}$/),
});

/** `POST /internal/l1/runs/fetch {l1_server, run_id}` → `{l1_server, run, fetched_at}`. */
export function fetchRunRoute(deps: FetchRunDeps): RequestHandler {
  return async (req, res) => {
    const { l1_server: l1Server, run_id: runId } = validate('body', bodySchema, req.body);
    res.json(await fetchRun(deps, { l1Server, runId }));
  };
}
