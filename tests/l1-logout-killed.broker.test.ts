import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { createDice, randomSeed } from './lib/dice.ts';
import {
  attachedTo,
  logOut,
  mintedFor,
  startL1World,
  toldOf,
  verdictsOn,
  type Attached,
  type L1World,
} from './lib/l1-logout/attached.ts';

const seed = randomSeed();
const dice = createDice(seed);
const kills = 6;

let world: L1World;
beforeAll(async () => {
  world = await startL1World();
});
afterAll(async () => {
  await world?.close();
});

/** Resolves when so many of this person's good L1s have been told. */
function whenTold({ farm }: L1World, { tokens }: Attached, count: number): Promise<void> {
  let told = 0;
  return new Promise((resolve) => {
    farm.onCall = ({ l1, jti }) => {
      if (farm.urls.good.includes(l1) && tokens.get(l1)?.jti === jti) told += 1;
      if (told >= count) resolve();
    };
  });
}

describe('l1-bridge killed while it tells 100 L1s of a logout', () => {
  it(`forgets none (seed ${seed})`, async () => {
    const { farm, suite } = world;
    const bridge = () => suite.processOf('l1-bridge');
    const people: Attached[] = [];
    const log: string[] = [];
    for (let n = 0; n < kills; n += 1) {
      const person = await attachedTo(suite, farm.all);
      people.push(person);
      if (n === 0) {
        // It is away when the logout comes, which is answered all the same.
        await bridge().kill('SIGKILL');
        await logOut(suite, person);
        log.push('before the logout');
      } else if (n === 1) {
        await logOut(suite, person);
        await bridge().kill('SIGKILL');
        log.push(`right after its answer (${toldOf(world, person).size} told)`);
      } else {
        const count = 1 + dice.roll(45);
        const told = whenTold(world, person, count);
        await logOut(suite, person);
        await told;
        await bridge().kill('SIGKILL');
        log.push(`after ${toldOf(world, person).size}`);
      }
      await suite.restart('l1-bridge');
      expect(await verdictsOn(suite, person)).toEqual(['401 token_revoked']);
    }

    // What a killed one had taken comes back when its lease ends.
    const begun = performance.now();
    await eventually(() => expect(people.map((person) => toldOf(world, person).size)).toEqual(people.map(() => 50)), {
      timeoutMs: 180_000,
    });
    const knownMs = performance.now() - begun;
    const good = new Set(farm.urls.good);
    const calls = () =>
      world.rows('SELECT l1_url, jti, state, attempts FROM bridge.l1_revocations WHERE username = ANY($1)', [
        people.map(({ username }) => username),
      ]);
    await eventually(
      async () => {
        const all = await calls();
        const isGood = ({ l1_url: l1 }: Record<string, unknown>): boolean => good.has(String(l1));
        expect(new Set(all.filter(isGood).map(({ state }) => state))).toEqual(new Set(['done']));
        const bad = all.filter((one) => !isGood(one));
        expect(Math.min(...bad.map(({ attempts }) => Number(attempts)))).toBeGreaterThanOrEqual(1);
        expect(new Set(bad.map(({ state }) => state))).toEqual(new Set(['pending']));
      },
      { timeoutMs: 180_000, everyMs: 500 },
    );
    const minted = await mintedFor(world, people);
    expect(minted.length).toBeGreaterThanOrEqual(100 * people.length);
    const written = (await calls()).map(({ l1_url: l1, jti }) => `${String(l1)} ${String(jti)}`);
    expect(written.toSorted()).toEqual(minted);
    // Nobody was told of what is not theirs, however often.
    const ours = new Set(minted);
    const told = farm.calls.map(({ l1, jti }) => `${l1} ${jti}`);
    expect(told.filter((one) => !ours.has(one))).toEqual([]);
    expect(await world.rows('SELECT username FROM bridge.user_renderers')).toEqual([]);
    const repeated = farm.calls.filter(({ l1 }) => good.has(l1)).length - 50 * people.length;
    console.log(
      `killed ${log.join(', ')}; ${50 * people.length} good ones told, ${repeated} of them more than once, ` +
        `the last ${(knownMs / 1000).toFixed(0)} s after the last kill`,
    );
  }, 600_000);
});
