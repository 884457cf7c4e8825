import type { KeyObject } from 'node:crypto';
import { createLoop, type Logger } from '@artdag/service-kit';
import { demotePrimary, installGivenKey } from './install-given-key.ts';
import type { KeySeal } from './key-seal.ts';
import { dueKey, openKeys, primaryOf, publishedKeys, verifies, type OpenKey } from './ring-view.ts';
import { newRsaKey, type PublicTokenJwk, type RingKey } from './rsa-key.ts';
import type { LockedRing, SigningKeyRepository } from './signing-key.repository.ts';

/** The keys of our tokens: one signs, all verify. */
export interface KeyRing {
  /**
   * Opens what the present secret can open; a row that it cannot open neither signs nor verifies. Without a primary key
   * among the rest it makes one.
   *
   * @throws ConfigError when the key that the configuration gives was retired
   */
  open(): Promise<void>;
  /** Keeps up with what other replicas and operators do to the ring. */
  start(): void;
  stop(): Promise<void>;
  /** Reads the ring anew, and promotes the next key if its time has come. */
  reload(): Promise<void>;
  primary(): RingKey;
  /** An id that this process has not heard of makes it read the ring once more, but not at every forged token. */
  find(kid: string): Promise<RingKey | undefined>;
  jwks(): { keys: PublicTokenJwk[] };
}

export interface KeyRingOptions {
  repository: SigningKeyRepository;
  seal: KeySeal;
  /** Of the configuration; it is the one to sign. */
  givenKey?: KeyObject | undefined;
  /** How long a key is published before it signs. */
  publishMs: number;
  reloadMs: number;
  logger: Logger;
  now: () => Date;
}

/** Between two readings that unknown ids cause. */
const unknownKidPauseMs = 1_000;

export function createKeyRing(o: KeyRingOptions): KeyRing {
  const { repository, seal, now } = o;
  let keys: OpenKey[] = [];
  let readings = 0;
  let reading: Promise<void> | undefined;
  let nextUnknownAt = 0;

  const read = async (): Promise<void> => {
    const reading = ++readings;
    const stored = await repository.list();
    // A slow answer does not undo what a later one has said.
    if (reading === readings) keys = openKeys(seal, stored, keys);
  };
  const reload = async (): Promise<void> => {
    await read();
    if (dueKey(keys, now()) === undefined) return;
    await repository.change((ring) => promote(ring, openKeys(seal, ring.keys, keys), now()));
    await read();
  };
  const live = (kid: string): RingKey | undefined => keys.find((key) => key.kid === kid && verifies(key, now()));
  const loop = createLoop({ name: 'key ring', everyMs: o.reloadMs, run: reload, logger: o.logger });

  return {
    async open() {
      // Made before the lock is taken, which is then held for some statements only; whoever comes second throws theirs away.
      const made = await seal.close(await newRsaKey());
      const given = o.givenKey === undefined ? undefined : await seal.close(o.givenKey);
      await repository.change((ring) => carryOver(ring, seal));
      await repository.change(async (ring) => {
        const open = openKeys(seal, ring.keys);
        const at = now();
        if (given !== undefined) {
          await installGivenKey(ring, open, given, { now: at, activatesAt: new Date(at.getTime() + o.publishMs) });
        } else if (primaryOf(open) === undefined) {
          await demotePrimary(ring, at);
          await ring.put(made, 'primary', null);
        }
      });
      await reload();
    },
    start: loop.start,
    stop: loop.stop,
    reload,
    primary() {
      const key = primaryOf(keys);
      if (key === undefined) throw new Error('The key ring has no primary key; it was not opened.');
      return key;
    },
    async find(kid) {
      const known = live(kid);
      if (known !== undefined) return known;
      if (reading === undefined && performance.now() < nextUnknownAt) return undefined;
      nextUnknownAt = performance.now() + unknownKidPauseMs;
      await (reading ??= read().finally(() => (reading = undefined)));
      return live(kid);
    },
    jwks: () => ({ keys: publishedKeys(keys, now()) }),
  };
}

async function promote(ring: LockedRing, open: readonly OpenKey[], now: Date): Promise<void> {
  const due = dueKey(open, now);
  if (due === undefined) return;
  await demotePrimary(ring, now);
  await ring.setStatus(due.kid, 'primary', null);
}

/** Rows that the former secret opens are sealed under the present one. */
async function carryOver(ring: LockedRing, seal: KeySeal): Promise<void> {
  for (const row of ring.keys) {
    const privateEnc = seal.carryOver(row);
    if (privateEnc !== null) await ring.reseal(row.kid, privateEnc);
  }
}
