import { startProcess, type StartedProcess } from '@artdag/testing';
import { call } from './api-client.ts';
import { fedifyPeer } from './scripts.ts';

/** What reached the peer, with the verdicts of Fedify's own verifiers. */
export interface Arrival {
  id: string;
  type: string;
  actor: string;
  httpSignature: { verified: boolean; keyId?: string; reason?: string };
  proof: 'verified' | 'invalid' | 'absent';
  status: number;
  effect: boolean;
  body: Record<string, unknown>;
}

export interface FedifyPeer {
  url: string;
  process: StartedProcess;
  /** Sends a signed Follow of `acct:user@host`. */
  follow(target: string): Promise<{ id: string }>;
  /** Forgets the keys that it has found. */
  forget(): Promise<unknown>;
  /** What Fedify's verifier says of the proofs of documents. */
  verify(documents: readonly Record<string, unknown>[]): Promise<Arrival['proof'][]>;
  received(): Promise<{ received: Arrival[]; effects: Record<string, number> }>;
}

/** Starts a Fedify server: a fediverse server that is not ours. */
export async function startFedifyPeer(): Promise<FedifyPeer> {
  const process = await startProcess({ script: fedifyPeer, readyLine: /fedify-peer ready (\S+)/ });
  const control = async (name: string, body?: unknown): Promise<Record<string, unknown>> => {
    const answer = await call(process.url, `/control/${name}`, body === undefined ? {} : { body });
    if (answer.status !== 200)
      throw new Error(`the peer's ${name} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    url: process.url,
    process,
    follow: async (target) => (await control('follow', { target })) as { id: string },
    forget: () => control('forget', {}),
    verify: async (documents) => (await control('verify', { documents }))['verdicts'] as Arrival['proof'][],
    received: async () =>
      (await control('received')) as unknown as { received: Arrival[]; effects: Record<string, number> },
  };
}
