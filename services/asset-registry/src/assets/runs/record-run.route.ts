import { actorOf } from '@artdag/actor-context';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { sendJsonText } from '../../http/answers.ts';
import { newRunSchema } from './new-run.ts';
import { recordRun, type RecordRunDeps } from './record-run.ts';

/** `POST /assets/record-run` (scope assets:record) → 201 with the asset and its signed activity; 200 when it was recorded before. */
export function recordRunRoute(deps: RecordRunDeps): RequestHandler {
  return async (req, res) => {
    const { actor, username, org_id: orgId, l1_server: l1Server } = actorOf(req);
    const wanted = validate('body', newRunSchema, req.body);
    const by = { actorId: actor.actor_id, username, orgId, requestId: res.locals.requestId, l1Server };
    const { isNew, answer } = await recordRun(deps, by, wanted);
    res.setHeader('location', `/assets/${wanted.output_name}`);
    sendJsonText(res, isNew ? 201 : 200, answer);
  };
}
