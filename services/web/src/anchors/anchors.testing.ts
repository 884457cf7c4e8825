import type { PageCase } from '../page-case.testing.ts';
import { at, root } from '../sample-values.testing.ts';

export const anchor = {
  merkle_root: root,
  log_size: 2000,
  activity_count: 12,
  state: 'confirmed',
  summary: 'confirmed by Bitcoin block 900000',
  created_at: at,
  confirmed_at: at,
  bitcoin_height: 900000,
  block_time: at,
  proof: `/anchors/${root}/proof.ots`,
  calendars: [
    { calendar: 'https://a.pool.example', accepted_at: at, problem: null },
    { calendar: 'https://b.pool.example', accepted_at: null, problem: 'timeout' },
  ],
};

export const anchorList = { anchors: [anchor], total: 1, limit: 30, offset: 0, next: null };

const calendar = {
  calendar: 'https://a.pool.example',
  configured: true,
  last_success_at: at,
  last_failure_at: null,
  last_problem: null,
  consecutive_failures: 0,
  median_latency_ms: 120,
  pending: 2,
};

export const calendarList = {
  calendars: [calendar, { ...calendar, consecutive_failures: 3, last_problem: 'timed out' }],
};

export const checkpointList = {
  checkpoints: [
    { size: 10, signed_at: '2026-11-20T00:00:00.000Z' },
    { size: 900, signed_at: '2026-11-25T00:00:00.000Z' },
  ],
};

/** Of anchors and the log. */
export const anchorCases: PageCase[] = [
  {
    path: '/anchors',
    needs: '/anchors?limit=30&offset=0',
    api: {
      '/anchors?limit=30&offset=0': anchorList,
      '/anchors?limit=100': anchorList,
      '/anchors/calendars': calendarList,
      '/log/checkpoints?limit=100': checkpointList,
    },
    shows: [
      'confirmed by Bitcoin block 900000',
      'a.pool.example',
      '3 failures in a row',
      'The log had 10 entries on 20 Nov 2026 and 2,000 on 29 Nov 2026.',
    ],
  },
  {
    path: `/anchors?root=${root}`,
    needs: `/anchors/${root}`,
    api: { [`/anchors/${root}`]: { ...anchor, checkpoint: 'l2.example/log\n2000\nabc=\n' } },
    shows: [root, '900,000', 'proof.ots', 'l2.example/log'],
  },
];
