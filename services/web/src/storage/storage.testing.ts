import type { PageCase } from '../page-case.testing.ts';
import { at, hash } from '../sample-values.testing.ts';

const copy = { content_hash: hash, status: 'missing', since: at, size_bytes: 2048, last_checked_at: at };

const check = {
  at,
  result: 'missing',
  message: 'It answered 404.',
  latency_ms: 31,
  status: 'missing',
  is_change: true,
};

export const provider = {
  id: 'sto_1',
  provider_type: 'psa',
  provider_name: 'my pins',
  capacity_gb: 50,
  used_bytes: 0,
  is_active: true,
  config: { endpoint: 'https://pins.example', token: '****6789' },
  last_test: { ok: false, message: 'It answered 401.', at },
  pins: { total: 3, unknown: 0, present: 2, missing: 1, changed: 0, unsupported: 0 },
  created_at: at,
};

/** Of storage; its forms are among those of the account. */
export const storageCases: PageCase[] = [
  {
    path: '/storage',
    needs: '/storage',
    api: { '/storage': { storage: [provider] } },
    shows: ['my pins', 'Pinning service', 'missing: 1', 'It answered 401.', 'href="/storage/ui/add"'],
  },
  {
    path: '/storage?id=sto_1',
    needs: '/storage/sto_1',
    api: {
      '/storage/sto_1': provider,
      '/storage/sto_1/pins?limit=30': { pins: [copy], next: '/storage/sto_1/pins?limit=30&after=abc' },
    },
    shows: ['my pins', hash.slice(0, 12), 'href="/storage?id=sto_1&amp;after=abc"'],
  },
  {
    path: `/storage?id=sto_1&copy=${hash}`,
    needs: `/storage/sto_1/pins/${hash}?limit=30`,
    api: { [`/storage/sto_1/pins/${hash}?limit=30`]: { ...copy, checks: [check], next: null } },
    shows: [hash, '2,048 bytes', 'It answered 404.', '31 ms'],
  },
];
