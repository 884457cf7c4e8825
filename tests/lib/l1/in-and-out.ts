import { expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { call } from '../api-client.ts';
import type { L1 } from './l1.ts';
import { newVisitor, type Visitor } from './visitor.ts';

export interface Scene {
  /** L2's public origin. */
  l2: string;
  l1s: L1[];
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(2)} s`;

/** As a call gives them. Of a detachment the bridge knows by itself and is told by auth: who comes first names the reason. */
const reasons = { logout: 'logout', detachment: '(?:detached|revoked)' } as const;

/** Until the L1 refuses the visitor, and has said that it was told so by L2. Prints by which call and how long it took. */
async function isOut(l1: L1, visitor: Visitor, after: 'logout' | 'detachment'): Promise<void> {
  const startedAt = performance.now();
  await eventually(async () => expect(await visitor.look(l1)).toBe(401));
  const took = seconds(startedAt);
  const line = l1.saysOut(visitor.username, reasons[after]);
  await eventually(() => expect(l1.output()).toMatch(line));
  console.log(`${l1.name}: in by /auth, out within ${took} of the answer (${after}): ${line.exec(l1.output())?.[0]}`);
}

/** What happens between a whole L2 and L1s in processes of their own. `scene` is there once the tests run. */
export function inAndOut(scene: () => Scene): void {
  it('who attaches is in at every L1, and a logout at L2 throws them out of all of them, and nobody else', async () => {
    const { l2, l1s } = scene();
    const [visitor, other] = [await newVisitor(l2), await newVisitor(l2)];
    for (const l1 of l1s) for (const each of [visitor, other]) await each.attach(l1);
    expect((await visitor.attached()).length).toBe(l1s.length);

    await visitor.logOut();
    await Promise.all(l1s.map((l1) => isOut(l1, visitor, 'logout')));
    for (const l1 of l1s) {
      // What an L1 has kept is worth nothing, there and at L2.
      const again = await fetch(`${l1.url}/auth?auth_token=${visitor.tokenFor(l1)}`, { redirect: 'manual' });
      expect([l1.name, again.status, await other.look(l1)]).toEqual([l1.name, 401, 200]);
      const verified = await call(l2, '/auth/verify', { body: { token: visitor.tokenFor(l1), l1_server: l1.url } });
      expect([verified.status, verified.body['code']]).toEqual([401, 'token_revoked']);
    }
    expect((await other.attached()).length).toBe(l1s.length);
  });

  it('a detachment ends one of them, and the next attachment there works', async () => {
    const { l2, l1s } = scene();
    for (const l1 of l1s) {
      const visitor = await newVisitor(l2);
      for (const each of l1s) await visitor.attach(each);
      await visitor.detach(l1);
      await isOut(l1, visitor, 'detachment');
      for (const each of l1s)
        expect([each.name, await visitor.look(each)]).toEqual([each.name, each === l1 ? 401 : 200]);
      expect((await visitor.attached()).toSorted()).toEqual(
        l1s
          .filter((each) => each !== l1)
          .map(({ url }) => url)
          .toSorted(),
      );
      // `revoke-user` ends what was issued up to a second, and a token of that second cannot be told from one of before.
      await eventually(() => visitor.attach(l1));
    }
  });

  it('an L1 publishes what it has rendered for its user, until they log out', async () => {
    const { l2, l1s } = scene();
    const visitor = await newVisitor(l2);
    for (const l1 of l1s) {
      await visitor.attach(l1);
      const { run, published } = await visitor.publish(l1);
      expect([l1.name, published.status]).toEqual([l1.name, 201]);
      const name = String(run['output_name']);
      const { status, body: asset } = await call(l2, `/assets/${name}`);
      expect([status, asset]).toMatchObject([
        200,
        {
          name,
          content_hash: run['output_hash'],
          asset_type: run['asset_type'],
          owner: visitor.username,
          provenance: { type: 'l1-run', l1_server: l1.url, run_id: run['run_id'], recipe: run['recipe'] },
        },
      ]);
      console.log(`${l1.name}: published ${name}, provenance ${JSON.stringify(asset['provenance'])}`);
    }
    const runs = await Promise.all(
      l1s.map(async (l1) => ({ l1, run_id: String((await visitor.publish(l1)).run['run_id']) })),
    );
    await visitor.logOut();
    for (const { l1, run_id } of runs) {
      const body = { run_id, l1_server: l1.url, output_name: `late-${run_id}` };
      const late = await call(l2, '/assets/record-run', { token: visitor.tokenFor(l1), body });
      expect([l1.name, late.status]).toEqual([l1.name, 401]);
    }
  });
}
