import { availableParallelism } from 'node:os';
import type { AssertionSigner } from '@artdag/actor-context';
import { closedLoop } from '../closed-loop.ts';
import { compareRates, rounds, roundSeconds, warmSeconds } from '../rounds.ts';
import { startServices } from '../services.ts';
import { createSignatureCheck } from './check-signatures.ts';
import { opensslSpeed } from './openssl-speed.ts';
import { type Batch, batchSize, type Kind, makeBatches, makeSigners, type Signer } from './signers.ts';

const actors = 20;
const batches = 50;
/** Batches at once: enough that identity never waits for the next one. */
const concurrency = 6;

/** Batch signatures per second, every answer checked. */
function signing(origin: string, assertions: AssertionSigner, prepared: readonly Batch[]) {
  const batchOf = new Map(prepared.map((batch) => [batch.body, batch]));
  const { check, verified } = createSignatureCheck();
  let turn = 0;
  const run = async (seconds: number): Promise<number> => {
    const answers = await closedLoop({
      ...{ origin, concurrency, seconds },
      async next() {
        turn = (turn + 1) % prepared.length;
        const headers = {
          'content-type': 'application/json',
          'x-actor-assertion': await assertions.forService('identity'),
        };
        return { method: 'POST', path: '/internal/sign', headers, body: prepared[turn]?.body ?? '' };
      },
      check(status, text, sent) {
        check(status, text, batchOf.get(sent.body ?? '') as Batch);
      },
    });
    return answers * batchSize;
  };
  return { run, verified };
}

/** `POST /internal/sign` in batches of 100, against `openssl speed` with a process on each of the same cores. */
export async function benchSign(): Promise<void> {
  const cores = availableParallelism();
  const services = await startServices(['auth', 'identity']);
  try {
    const assertions = await services.signerOf('asset-registry');
    const signers: Signer[] = await makeSigners(services, assertions, actors);
    const signed = (kind: Kind) => signing(services.urlOf('identity'), assertions, makeBatches(signers, kind, batches));
    process.stdout.write(
      `RSA-2048 signatures of ${actors} actors in batches of ${batchSize}, ${concurrency} at once, on ${cores} cores; ` +
        `${warmSeconds} s of warming, then ${rounds} rounds of ${roundSeconds} s each, taking turns\n`,
    );
    const rsa = signed('rsa');
    const speed = (seconds: number): Promise<number> => opensslSpeed('rsa2048', cores, seconds);
    const ratio = await compareRates(rsa.run, speed, 'openssl/s');
    process.stdout.write(`${rsa.verified()} signatures verified by their public keys\n`);
    process.stdout.write(`median ratio ${ratio.toFixed(3)} (aim 0.7 or more)\n`);
    const ed25519 = await signed('ed25519').run(roundSeconds);
    const bare = await opensslSpeed('ed25519', cores, roundSeconds);
    process.stdout.write(
      `for information: Ed25519 ${ed25519.toFixed(0)}/s, openssl ${bare.toFixed(0)}/s, ratio ${(ed25519 / bare).toFixed(3)}\n`,
    );
  } finally {
    await services.remove();
  }
}
