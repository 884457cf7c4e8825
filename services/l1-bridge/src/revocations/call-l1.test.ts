import { describe, expect, it } from '@jest/globals';
import { callL1, type CallL1Deps } from './call-l1.ts';
import type { Revocation } from './revocation.ts';
import { LEASE_MS } from './courier.ts';

const call: Revocation = {
  ...{ id: 'rvk_1', l1Url: 'https://l1.example', username: 'giles', jti: 'tok_1', tokenHash: 'cd'.repeat(32) },
  ...{ reason: 'logout', revokedAt: new Date(), attempts: 0 },
};

/** An L1 that takes as long as it may for each answer, and an identity that does as well. */
function slowWorld(statuses: number[]) {
  const world = { elapsedMs: 0, asked: [] as string[], isSigning: true };
  const deps: CallL1Deps = {
    publicUrl: 'https://l2.example',
    now: () => new Date(),
    elapsedMs: () => world.elapsedMs,
    signer: {
      async keyId() {
        world.elapsedMs += 5_000;
        if (!world.isSigning) throw new Error('identity answered 503');
        return 'https://l2.example/actor#main-key';
      },
      async sign() {
        world.elapsedMs += 5_000;
        return Buffer.alloc(256);
      },
    },
    async safeFetch(url) {
      world.elapsedMs += 5_000;
      world.asked.push(new URL(url).pathname);
      return { status: statuses.shift() ?? 500, headers: {}, body: Buffer.alloc(0), url };
    },
  };
  return { world, deps };
}

describe('callL1', () => {
  it('ends within the lease, however often an L1 would have to be asked', async () => {
    const { world, deps } = slowWorld([401, 404, 401, 200]);
    const reason = '/auth/revoke answered 401, /auth/revoke answered 404, no time was left to ask again';
    expect(await callL1(deps, call)).toEqual({ kind: 'failed', reason });
    expect(world.elapsedMs).toBeLessThan(LEASE_MS);
  });

  it('counts as an attempt when the L1 has been asked, and the second signature could not be made', async () => {
    const { world, deps } = slowWorld([]);
    const refusing: CallL1Deps = {
      ...deps,
      async safeFetch(url) {
        world.isSigning = false;
        return { status: 401, headers: {}, body: Buffer.alloc(0), url };
      },
    };
    const reason = '/auth/revoke answered 401, identity answered 503';
    expect(await callL1(refusing, call)).toEqual({ kind: 'failed', reason });
  });
});
