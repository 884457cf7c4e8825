import type { AnchorRepository } from './anchor.repository.ts';
import type { AnchorState } from './anchor-state.ts';
import { anchorView, type ViewOptions } from './anchor-view.ts';

export interface AnchorReaderDeps {
  anchors: AnchorRepository;
  view: ViewOptions;
}

/** A page of anchors, the newest first, and whether more follow. */
export async function listAnchors(
  { anchors, view }: AnchorReaderDeps,
  { state, limit, offset }: { state: AnchorState | undefined; limit: number; offset: number },
) {
  const [found, total] = await Promise.all([anchors.list(state, limit, offset), anchors.count(state)]);
  const rows = found.slice(0, limit);
  const calls = await anchors.callsOf(rows.map((row) => row.merkle_root));
  return { anchors: rows.map((row) => anchorView(row, calls, view)), total, more: found.length > limit };
}
