import type { AssetText } from './asset-text.ts';

export interface AssetEvent {
  type: 'asset-registered' | 'asset-updated' | 'asset-deleted';
  /** `evt_…` */
  eventId: string;
  /** ISO-8601 UTC. */
  at: string;
  assetId: string;
  /** The asset's: 1 when it is registered, then one more for each change. */
  version: number;
  by: { actorId: string; orgId: string | null; requestId: string };
}

/** The envelope of an asset event, spliced from texts that are there already; a test holds it against the contract. */
export function assetEventText(event: AssetEvent, shown: AssetText, document: string): string {
  const q = JSON.stringify;
  const { by, assetId } = event;
  return (
    `{"id":${q(event.eventId)},"type":"${event.type}","version":1,"occurred_at":${q(event.at)}` +
    `,"producer":"asset-registry","subject":${q(assetId)},"subject_version":${event.version},"actor_id":${q(by.actorId)}` +
    `,"org_id":${q(by.orgId)},"correlation_id":${q(by.requestId)}` +
    `,"data":{"asset":{"asset_id":${q(assetId)},${shown.head.slice(1)}${shown.tail},"activity":${document}}}`
  );
}
