import { createInProcessTransport } from '@artdag/messaging';
import { quietLogger, startFakeAuth, type FakeAuth } from '@artdag/testing';
import type supertest from 'supertest';
import { l1Server, startL1BridgeStandIn, type L1BridgeStandIn } from '../../testing/l1-bridge-stand-in.testing.ts';
import { startSuite, type Json, type RegistrySuite } from '../../testing/suite.testing.ts';

export interface RunSuite extends RegistrySuite {
  bridge: L1BridgeStandIn;
  /** Has a run recorded by somebody. */
  record(who: string, body: unknown, change?: Json): supertest.Test;
  /** A finished run, recorded; gives its body. */
  recorded(who: string, name: string, run: Json, body?: Json): Promise<Json>;
}

let serial = 0;
export const newRunId = (): string => `run-${(serial += 1)}`;
export const newName = (): string => `output-${(serial += 1)}`;
export const newHash = (): string => (serial += 1).toString(16).padStart(64, 'b');

/** A registry with an l1-bridge that answers as it is told. */
export async function startRunSuite(): Promise<RunSuite> {
  // The stand-in needs an auth of its own to know assertions by; every fake one knows the same keys.
  const auth: FakeAuth = await startFakeAuth();
  const bridge = await startL1BridgeStandIn(auth.url);
  // Without the queues of the services that are not here.
  const transport = createInProcessTransport({ logger: quietLogger(), topology: [] });
  const suite = await startSuite({ overrides: { transport }, env: { L1_BRIDGE_URL: bridge.url }, authUrl: auth.url });
  const record: RunSuite['record'] = (who, body, change = {}) =>
    suite.post('/assets/record-run', body, suite.as(who, { scopes: ['assets:record'], ...change }));
  return {
    ...suite,
    bridge,
    record,
    async recorded(who, name, run, body = {}) {
      const runId = newRunId();
      bridge.finished(runId, run);
      const answer = await record(who, { run_id: runId, l1_server: l1Server, output_name: name, ...body }).expect(201);
      return answer.body as Json;
    },
    async remove() {
      await suite.remove();
      await Promise.all([bridge.close(), auth.close(), transport.close()]);
    },
  };
}
