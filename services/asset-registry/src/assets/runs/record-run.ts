import { AppError, serverAddress } from '@artdag/service-kit';
import { assetText, type AssetView } from '../asset-text.ts';
import { newAssetSchema } from '../new-asset.ts';
import { notStored, signRegistration, type SignRegistrationDeps } from '../register-asset.ts';
import { registrationAnswer, type Registrant } from '../registration.ts';
import type { RegistrationStore } from '../registration-writer.ts';
import type { L1Runs, Run } from './l1-runs.ts';
import type { NewRun } from './new-run.ts';
import { madeByRun } from './provenance.ts';
import { refuseOthersRun, type RunCaller } from './run-owner.ts';

/** An asset that was recorded from a run. */
export interface RecordedAsset {
  ownerActorId: string;
  isDeleted: boolean;
  view: AssetView;
  /** Its Create, as it was signed. */
  claim: string;
}

export interface RecordedRunFinder {
  find(run: { l1Server: string; runId: string; outputName: string }): Promise<RecordedAsset | null>;
}

export interface RecordRunDeps extends SignRegistrationDeps {
  l1Runs: L1Runs;
  recorded: RecordedRunFinder;
  store: Pick<RegistrationStore, 'storeAlone'>;
  /** Told once an asset is committed. */
  onRegistered: () => void;
}

export interface Recorder extends Registrant, RunCaller {
  /** The L1 whose token they came with. */
  l1Server: string | undefined;
}

/** `isNew`: 201, otherwise 200. */
export interface Recorded {
  isNew: boolean;
  answer: string;
}

/**
 * Registers the output of a finished run of an L1 (art-dag-l2.md §7.3). The same run under the same name is recorded once: its owner gets
 * the asset again, and the L1 is not asked.
 *
 * @throws AppError 403 `token_scope_mismatch`, `l1_not_authorized`, `not_run_owner`, `account_disabled`, 404 `run_not_found`, 409 `run_not_completed`,
 *   `asset_exists`, `content_already_owned`, 502 `l1_unreachable`, `l1_bad_response`, 503 `signing_unavailable`, `dependency_unavailable`
 */
export async function recordRun(deps: RecordRunDeps, by: Recorder, wanted: NewRun): Promise<Recorded> {
  const { run_id: runId, output_name: outputName } = wanted;
  const address = serverAddress(wanted.l1_server);
  if (by.l1Server !== undefined && by.l1Server !== address) {
    throw new AppError('token_scope_mismatch', 403, 'This token records runs of its own L1 only.');
  }
  const before = address && (await existing(deps, by, { l1Server: address, runId, outputName }));
  if (before) return before;
  const fetched = await deps.l1Runs.fetch(wanted.l1_server, runId);
  const { l1Server, run } = fetched;
  refuseUnfinished(run);
  refuseOthersRun(deps.urls, run, by);
  const asset = newAssetSchema.parse({
    name: outputName,
    content_hash: run.output_hash,
    asset_type: wanted.asset_type ?? run.asset_type ?? 'video',
    tags: wanted.tags,
    description: wanted.description,
    ipfs_cid: run.ipfs_cid,
  });
  const registrant = { actorId: by.actorId, orgId: by.orgId, requestId: by.requestId };
  const registration = await signRegistration(deps, registrant, asset, madeByRun(deps.urls, runId, fetched));
  const outcome = await deps.store.storeAlone({ registration, idempotent: undefined });
  if (outcome === 'stored') {
    deps.onRegistered();
    return { isNew: true, answer: registrationAnswer(registration) };
  }
  // The same request may have been faster a moment ago.
  const faster = await existing(deps, by, { l1Server, runId, outputName });
  if (faster) return faster;
  throw notStored(outcome, asset);
}

async function existing(
  { recorded, urls }: RecordRunDeps,
  { actorId }: Recorder,
  run: Parameters<RecordedRunFinder['find']>[0],
): Promise<Recorded | undefined> {
  const found = await recorded.find(run);
  if (found === null) return undefined;
  if (found.ownerActorId !== actorId || found.isDeleted) {
    throw new AppError('asset_exists', 409, `An asset named ${run.outputName} exists already; choose another name.`);
  }
  const { head, tail } = assetText(urls, found.view);
  return { isNew: false, answer: `${head},"activity":${found.claim}${tail}` };
}

function refuseUnfinished({ status }: Run): void {
  if (status === 'completed') return;
  throw new AppError('run_not_completed', 409, 'The L1 says that this run has not been completed.');
}
