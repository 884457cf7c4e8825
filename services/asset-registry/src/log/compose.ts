import type { Part, Shared } from '../part.ts';
import { createCheckpointSigner } from './checkpoint-signer.ts';
import { createCheckpointRepository } from './checkpoint.repository.ts';
import { logOrigin, lookUpLogKeys } from './log-key.ts';
import { createLogReader } from './log-reader.repository.ts';
import type { LogReader } from './log-reader.ts';
import { createLogWorkers } from './log-workers.ts';
import { createLogRepository } from './log.repository.ts';
import { getArchivedCheckpointRoute, getCheckpointRoute } from './routes/get-checkpoint.route.ts';
import { getProofRoute } from './routes/get-proof.route.ts';
import { getTileRoute } from './routes/get-tile.route.ts';
import { listCheckpointsRoute } from './routes/list-checkpoints.route.ts';
import { listVkeysRoute } from './routes/list-vkeys.route.ts';
import { createTileReader } from './tile.repository.ts';

/** What other parts take from the log. */
export interface SignedLog extends Pick<LogReader, 'inclusionProof'> {
  /** The newest signed checkpoint; null while there is none. */
  latestSigned(): Promise<{ size: number; rootHash: Uint8Array; note: string } | null>;
  /** What waits is sequenced and signed now, not at the next turn. */
  hurry(): void;
}

/** The transparency log. */
export function composeLog(shared: Shared): Part & { signedLog: SignedLog } {
  const { database, config, identity, signer } = shared;
  const origin = logOrigin(config.publicUrl);
  const checkpoints = createCheckpointRepository(database);
  const log = createLogReader(database);
  const readTiles = createTileReader(database.pool);
  const lookUpKeys = () => lookUpLogKeys(identity, config.publicUrl);
  const checkpointSigner = createCheckpointSigner({ origin, checkpoints, readTiles, lookUpKeys, signer });
  const workers = createLogWorkers(shared, createLogRepository(database), checkpointSigner);
  return {
    routes(app) {
      app.get('/log/checkpoint', getCheckpointRoute(checkpoints));
      app.get('/log/checkpoints', listCheckpointsRoute(checkpoints));
      app.get('/log/checkpoints/:size', getArchivedCheckpointRoute(checkpoints));
      app.get('/log/tile/*tile', getTileRoute(log));
      app.get('/log/proof/:leafHash', getProofRoute({ log, checkpoints }));
      app.get('/log/vkeys', listVkeysRoute(origin, checkpoints));
    },
    start: () => workers.start(),
    stop: () => workers.stop(),
    signedLog: {
      inclusionProof: (index, treeSize) => log.inclusionProof(index, treeSize),
      async latestSigned() {
        const latest = await checkpoints.findLatest();
        return latest === undefined ? null : { size: latest.size, rootHash: latest.root, note: latest.note };
      },
      hurry: () => workers.hurry(),
    },
  };
}
