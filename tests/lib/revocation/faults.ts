import { setTimeout as sleep } from 'node:timers/promises';
import type { Replicas } from '../replicas.ts';

/** What befalls the store while credentials are revoked. */
export interface Scenario {
  name: string;
  fault: (replicas: Replicas) => Promise<void>;
}

export const nothingWrong: Scenario = { name: 'with nothing wrong', fault: () => Promise.resolve() };

export const redisKilled: Scenario = {
  name: 'with Redis killed in the middle and started again',
  async fault({ redis }) {
    await sleep(2000);
    await redis.kill();
    await sleep(4000);
    await redis.restart();
  },
};

export const redisEmptiedTwice: Scenario = {
  name: 'with Redis killed and started empty at once, twice',
  async fault({ redis }) {
    for (let times = 0; times < 2; times += 1) {
      await sleep(2500);
      await redis.kill();
      await redis.restart();
    }
  },
};

export const redisMute: Scenario = {
  name: 'with one gateway and one auth that get no answer from Redis',
  async fault({ lastWayToRedis }) {
    await sleep(2000);
    await lastWayToRedis.setMode('blackhole');
    await sleep(4000);
    await lastWayToRedis.restore();
  },
};
