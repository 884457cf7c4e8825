import { anchorConfirmed } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import type { AnchorDeps } from './anchor-deps.ts';
import { attestationName, attestationsIn } from './anchor-proof.ts';
import { claimMs, headerCheckEveryMs } from './anchor-timing.ts';
import { checkAttestations, workFloor, type ChainVerdict } from './bitcoin/check-attestations.ts';
import { HeaderSourceError, type HeaderSource } from './bitcoin/header-source.ts';
import { lockAnchor, settleAnchor, type LockedAnchor } from './locked-anchor.repository.ts';
import { settleOptions } from './settle-options.ts';

const claim = `
UPDATE anchors a SET header_check_at = $1::timestamptz + ${claimMs} * interval '1 millisecond'
FROM (SELECT merkle_root FROM anchors WHERE header_check_at <= $1 ORDER BY header_check_at LIMIT 4 FOR UPDATE SKIP LOCKED) due
WHERE a.merkle_root = due.merkle_root RETURNING a.merkle_root, a.ots_proof`;

/** Checks the blocks that calendars name against the headers' source, where there is one. */
export async function confirmAnchors(deps: AnchorDeps): Promise<void> {
  const source = deps.headers;
  if (source === undefined) return;
  const { rows } = await deps.execute(claim, [deps.now()]);
  for (const row of rows) await confirmAnchor(deps, source, String(row['merkle_root']), row['ots_proof'] as Buffer);
}

async function confirmAnchor(deps: AnchorDeps, source: HeaderSource, merkleRoot: string, proof: Buffer): Promise<void> {
  const floor = workFloor(deps.settings.network);
  try {
    const verdict = await checkAttestations(source, attestationsIn(proof), floor);
    await deps.transaction((execute) => storeVerdict(deps, execute, merkleRoot, verdict));
  } catch (error) {
    if (!(error instanceof HeaderSourceError)) throw error;
    deps.logger.warn('block headers could not be had', { merkle_root: merkleRoot, error });
    const again = new Date(deps.now().getTime() + headerCheckEveryMs);
    await deps.execute(
      `UPDATE anchors SET header_problem = 'source_failed', header_check_at = $2 WHERE merkle_root = $1 AND header_check_at IS NOT NULL`,
      [merkleRoot, again],
    );
  }
}

async function storeVerdict(
  deps: AnchorDeps,
  execute: Execute,
  merkleRoot: string,
  verdict: ChainVerdict,
): Promise<void> {
  const anchor = await lockAnchor(execute, merkleRoot);
  if (anchor === undefined || anchor.state === 'confirmed') return;
  const now = deps.now();
  if (verdict.kind === 'confirmed') {
    anchor.state = 'confirmed';
    anchor.refuted = [];
    await settleAnchor(execute, anchor, settleOptions(deps));
    await storeBlock(execute, anchor, verdict, now);
    return;
  }
  const before = anchor.refuted;
  anchor.refuted = verdict.refuted.map(attestationName);
  const again = new Date(now.getTime() + headerCheckEveryMs);
  await settleAnchor(execute, anchor, settleOptions(deps), again);
  const problem = anchor.refuted.length > 0 ? 'header_mismatch' : null;
  await execute('UPDATE anchors SET header_problem = $2 WHERE merkle_root = $1', [merkleRoot, problem]);
  const isNew = anchor.refuted.some((name) => !before.includes(name));
  if (!isNew) return;
  deps.metrics.countAlert('header_mismatch');
  deps.logger.error('a block does not commit to what a calendar says', {
    merkle_root: merkleRoot,
    refuted: anchor.refuted,
  });
}

async function storeBlock(
  execute: Execute,
  anchor: LockedAnchor,
  { height, time, headers }: Extract<ChainVerdict, { kind: 'confirmed' }>,
  now: Date,
): Promise<void> {
  const blockTime = new Date(time * 1000);
  const version = anchor.version + 1;
  await execute(
    `UPDATE anchors SET confirmed_at = $2, bitcoin_height = $3, block_time = $4, block_headers = $5, version = $6, header_problem = NULL
     WHERE merkle_root = $1`,
    [anchor.merkle_root, now, height, blockTime, headers, version],
  );
  const event = anchorConfirmed.create({
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: anchor.merkle_root,
    subject_version: version,
    data: {
      merkle_root: anchor.merkle_root,
      log_size: Number(anchor.log_size),
      bitcoin_height: height,
      block_time: blockTime.toISOString(),
    },
  });
  await appendEvent(execute, event);
}
