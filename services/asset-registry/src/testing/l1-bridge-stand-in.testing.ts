import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAssertionVerifier } from '@artdag/actor-context';
import { quietLogger } from '@artdag/testing';

export interface L1BridgeStandIn {
  url: string;
  /** The runs that were asked for. */
  calls: string[];
  /** What is answered by run id; anything else is unknown to the L1. */
  answers: Map<string, { status: number; body: unknown }>;
  /** Gives it a finished run, but for the changes. */
  finished(runId: string, change?: Record<string, unknown>): void;
  close(): Promise<void>;
}

export const l1Server = 'https://l1.example';

/** Plays l1-bridge: its one route, and the check of who calls. */
export async function startL1BridgeStandIn(authUrl: string): Promise<L1BridgeStandIn> {
  const verifier = createAssertionVerifier({ service: 'l1-bridge', authUrl, logger: quietLogger() });
  const calls: string[] = [];
  const answers: L1BridgeStandIn['answers'] = new Map();
  const answer = async (assertion: string, url: string, text: string) => {
    const { actor } = await verifier.verify(assertion);
    if (actor.actor_id !== 'service:asset-registry' || url !== '/internal/l1/runs/fetch')
      return { status: 403, body: {} };
    const { run_id: runId } = JSON.parse(text) as { run_id: string };
    calls.push(runId);
    return answers.get(runId) ?? { status: 404, body: { code: 'run_not_found', detail: 'The L1 has no such run.' } };
  };
  const server = createServer((req, res) => {
    let text = '';
    req.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    req.on('end', () => {
      void answer(String(req.headers['x-actor-assertion']), req.url ?? '', text).then(({ status, body }) =>
        res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answers,
    finished(runId, change = {}) {
      const run = { ...finishedRun, ...change };
      const body = { l1_server: l1Server, run, fetched_at: '2026-01-10T12:00:01.000Z' };
      answers.set(runId, { status: 200, body });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const finishedRun = {
  ...{ status: 'completed', username: null, actor_id: null, output_hash: 'a'.repeat(64), ipfs_cid: 'Qm1' },
  ...{ provenance_cid: 'Qm2', asset_type: null, recipe: 'beat-cut', inputs: [], effects: [{ name: 'dog' }] },
  ...{ infrastructure: { software: { name: 'artdag' } }, completed_at: '2026-01-10T12:00:00Z' },
};
