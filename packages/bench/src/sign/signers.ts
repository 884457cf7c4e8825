import { randomBytes, randomUUID } from 'node:crypto';
import type { AssertionSigner } from '@artdag/actor-context';
import type { Services } from '../services.ts';

export type Kind = 'rsa' | 'ed25519';

/** An actor with both of its keys made. */
export interface Signer {
  actorId: string;
  keys: Record<Kind, { keyId: string; publicKey: string }>;
}

interface ActorKeys {
  keys: { kind: Kind; key_id: string; public_key_pem: string; status: string }[];
}

/** Registers accounts, and has identity make their keys. */
export async function makeSigners(services: Services, assertions: AssertionSigner, count: number): Promise<Signer[]> {
  const signers: Signer[] = [];
  while (signers.length < count) {
    const response = await fetch(`${services.urlOf('auth')}/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: `bench-${randomUUID().slice(0, 8)}`, password: randomUUID() }),
    });
    if (response.status !== 201) throw new Error(`registering an account answered ${response.status}`);
    const { actor } = (await response.json()) as { actor: { actor_id: string } };
    signers.push(await readKeys(services, assertions, actor.actor_id));
  }
  return signers;
}

async function readKeys(services: Services, assertions: AssertionSigner, actorId: string): Promise<Signer> {
  const url = `${services.urlOf('identity')}/internal/identity/actor-keys/${encodeURIComponent(actorId)}`;
  const response = await fetch(url, { headers: { 'x-actor-assertion': await assertions.forService('identity') } });
  if (response.status !== 200) throw new Error(`reading the keys of ${actorId} answered ${response.status}`);
  const { keys } = (await response.json()) as ActorKeys;
  const primary = (kind: Kind) => {
    const found = keys.find((key) => key.kind === kind && key.status === 'primary');
    if (!found) throw new Error(`${actorId} has no ${kind} key`);
    return { keyId: found.key_id, publicKey: found.public_key_pem };
  };
  return { actorId, keys: { rsa: primary('rsa'), ed25519: primary('ed25519') } };
}

/** A batch for `POST /internal/sign`, and what is needed to check its answer. */
export interface Batch {
  body: string;
  items: { signer: Signer; kind: Kind; data: Buffer }[];
}

export const batchSize = 100;
/** About what an HTTP signature signs. */
const textBytes = 300;

/** As many batches as asked for; each signs texts of its own by all signers in turn. */
export function makeBatches(signers: readonly Signer[], kind: Kind, count: number): Batch[] {
  return Array.from({ length: count }, () => {
    const items = Array.from({ length: batchSize }, (_, place) => {
      const signer = signers[place % signers.length] as Signer;
      return { signer, kind, data: randomBytes(textBytes) };
    });
    const body = JSON.stringify({
      items: items.map(({ signer, data }) => ({
        actor_id: signer.actorId,
        key: kind,
        key_id: signer.keys[kind].keyId,
        data: data.toString('base64'),
      })),
    });
    return { body, items };
  });
}
