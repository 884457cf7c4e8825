import type { AnchorDeps } from './anchor-deps.ts';
import { anchorStates } from './anchor-state.ts';

const oldest = `
SELECT EXTRACT(EPOCH FROM $1::timestamptz - min(created_at))::float8 AS seconds FROM anchors
WHERE state IN ('queued', 'submitted', 'pending', 'stale')`;

/** Sets the gauges to what the tables say. */
export async function measureAnchors({ execute, metrics, now }: AnchorDeps): Promise<void> {
  const counted = await execute('SELECT state, count(*)::int AS n FROM anchors GROUP BY state', []);
  const counts = Object.fromEntries(counted.rows.map((row) => [String(row['state']), Number(row['n'])]));
  metrics.setStates(Object.fromEntries(anchorStates.map((state) => [state, counts[state] ?? 0])));
  const { rows } = await execute(oldest, [now()]);
  metrics.setOldestPending(Math.max(0, Number(rows[0]?.['seconds'] ?? 0)));
}
