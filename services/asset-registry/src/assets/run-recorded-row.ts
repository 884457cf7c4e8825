import { runRecorded } from '@artdag/events';
import { toOutboxRow, type OutboxRow } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import type { Urls } from '../urls.ts';
import type { MadeByRun } from './made-by-run.ts';
import type { NewAsset } from './new-asset.ts';

export interface RecordedAsset {
  registrant: { actorId: string; orgId: string | null; requestId: string };
  asset: NewAsset;
  fresh: { assetId: string; activityId: string; at: string };
  made: MadeByRun;
  username: string;
}

/** The event `run-recorded` of an asset, as a row of the outbox. */
export function runRecordedRow(urls: Urls, { registrant, asset, fresh, made, username }: RecordedAsset): OutboxRow {
  const event = runRecorded.create({
    id: newId('evt'),
    occurred_at: fresh.at,
    subject: fresh.assetId,
    subject_version: 1,
    actor_id: registrant.actorId,
    org_id: registrant.orgId,
    correlation_id: registrant.requestId,
    data: {
      l1_server: made.l1Server,
      run_id: made.runId,
      asset: {
        asset_id: fresh.assetId,
        name: asset.name,
        content_hash: asset.content_hash,
        owner: username,
        owner_id: urls.actor(username),
        activity_id: fresh.activityId,
      },
    },
  });
  return toOutboxRow(event);
}
