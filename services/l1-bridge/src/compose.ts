import { createAssertionSigner, createAssertionVerifier, createTokenKeys, type TokenKeys } from '@artdag/actor-context';
import type { Database } from '@artdag/database/bridge';
import { createInvalidations, type Invalidations, type KeyValueStore } from '@artdag/key-value';
import { createWindowLimiter, type WindowLimiter } from '@artdag/rate-limit';
import { createRevocationReader } from '@artdag/revocation';
import type { SafeFetchClient } from '@artdag/safe-fetch';
import { executeWithPg, type Transport } from '@artdag/messaging';
import type { Health, Logger, Metrics } from '@artdag/service-kit';
import { createApp } from './app.ts';
import { createActorCache, type ActorCache } from './auth/actor-cache.ts';
import { createAskAuth } from './auth/ask-auth.ts';
import { composeRevocations, type RevocationSurroundings, type RevocationTuning } from './compose-revocations.ts';
import type { Config } from './config.ts';
import { createL1Directory, type L1Directory } from './l1-servers/l1-directory.ts';
import { createL1ServerRepository } from './l1-servers/l1-server.repository.ts';
import type { L1ServerRepository } from './l1-servers/l1-server.ts';
import { createRendererRepository } from './renderers/renderer.repository.ts';
import { forgetL1 } from './revocations/end-attachments.ts';
import { createTokenVerifier } from './tokens/token-verifier.ts';
import { createVerifiedMarks } from './verifying/mark-verified.ts';
import { createRequireSignature } from './verifying/signed-verify.ts';
import { createVerifyLimits } from './verifying/verify-limits.ts';

export interface Surroundings {
  config: Config;
  database: Database;
  store: KeyValueStore;
  transport: Transport;
  safeFetch: SafeFetchClient;
  logger: Logger;
  now: () => Date;
  metrics: Metrics;
  health: Health;
  tuning: RevocationTuning;
}

/** Everything of l1-bridge's own, from its database and connections up. */
export function composeParts(s: Surroundings) {
  const { config, database, store, logger, now, metrics } = s;
  const { authUrl, serviceKey, l1Servers: configured } = config;
  const assertions = createAssertionSigner({ service: 'l1-bridge', serviceKey, authUrl, logger, now });
  const auth = createAskAuth({ authUrl, assertions });
  const l1Servers = createL1ServerRepository(database);
  const clock = (): number => performance.now();
  const servers = createL1Directory({ configured, rows: () => l1Servers.list(), now: clock, logger });
  const revocations = createRevocationReader({ store, askTruth: (ids) => auth.askTruth(ids), logger });
  const actors = createActorCache({ find: (actorId) => auth.findActor(actorId), now });
  const keys = createTokenKeys({ fetch: () => auth.tokenKeys(), now, logger });
  const tokens = createTokenVerifier({ keys, issuer: config.domain, now });
  const changes = createInvalidations(store, logger);
  dropWhatChanges(changes, { actors, keys, servers });
  const telling = composeRevocations({ ...s, ...bareAccess(database), assertions });
  const renderers = createRendererRepository({ database, now, onCommit: telling.wake });
  const limiter = createWindowLimiter({ store, logger });
  const marks = createVerifiedMarks({ write: (jtis) => renderers.markVerified(jtis), logger });
  const forL1s = { servers, tokens, ...composeRequestChecks(s, limiter) };
  const app = createApp({
    ...{ config, logger, metrics, health: s.health },
    verifier: createAssertionVerifier({ service: 'l1-bridge', authUrl, logger, now }),
    attaching: { servers, auth, renderers, revocations, now },
    verifying: {
      ...{ ...forL1s, revocations, actors },
      onResult: countVerified(metrics),
      onVerified: (jti) => marks.note(jti),
    },
    revoking: { ...forL1s, auth, renderers },
    operating: {
      ...telling.operating,
      ...composeOperating(config, l1Servers, changes),
      forget: (url: string) => telling.transaction((execute) => forgetL1(execute, url, now())),
      ...{ auth, actors, renderers },
    },
    runs: composeRuns(s, servers),
  });
  return {
    app,
    assertions,
    l1Servers,
    async open() {
      await assertions.start();
      await changes.start();
    },
    /** Once requests are taken. */
    async work() {
      for (const loop of [...telling.loops, telling.courier]) loop.start();
      await Promise.all(telling.consumers.map((consumer) => consumer.start()));
    },
    async close(graceMs: number) {
      await Promise.all(telling.consumers.map((consumer) => consumer.stop()));
      await telling.courier.stop(graceMs, () => s.safeFetch.close());
      await Promise.all(telling.loops.map((loop) => loop.stop()));
      await marks.flush();
      await limiter.close();
      await changes.stop();
      await assertions.stop();
    },
  };
}

/** What sees the attachments of everybody: for the background, never for a request. */
function bareAccess(database: Database): Pick<RevocationSurroundings, 'execute' | 'quietly'> {
  return {
    execute: executeWithPg(database.pool),
    quietly: (work) => database.pgTransaction((client) => work(executeWithPg(client)), { system: true }),
  };
}

/** The list of L1s, as replicas tell each other of it. */
const l1Cache = 'l1/servers';

/** What others change is dropped at once; what is not heard of is at most a minute old. */
function dropWhatChanges(
  changes: Invalidations,
  { actors, keys, servers }: { actors: ActorCache; keys: TokenKeys; servers: L1Directory },
): void {
  changes.on('actor', (actorId) => actors.forget(actorId));
  changes.on('token-keys', () => keys.changed());
  changes.on(l1Cache, () => servers.forget());
  changes.onGap(() => {
    actors.forgetAll();
    keys.changed();
    servers.forget();
  });
}

function composeOperating(config: Config, l1Servers: L1ServerRepository, changes: Invalidations) {
  const { l1Servers: configured, allowHttpL1: allowHttp } = config;
  return { ...{ l1Servers, configured, allowHttp }, announce: () => changes.announce(l1Cache, '*') };
}

/** What is asked of a request of an L1 before its token is looked at. */
function composeRequestChecks({ config, metrics, now }: Surroundings, limiter: WindowLimiter) {
  const { publicHosts: authorities, publicScheme } = config;
  return {
    limits: createVerifyLimits({ limiter, perMinute: config.verifyPerMinute, metrics }),
    requireSignature: createRequireSignature({ authorities, publicScheme, now }),
    mustSign: config.requireSignedVerify,
  };
}

function composeRuns({ config, metrics, safeFetch, now }: Surroundings, l1Servers: L1Directory) {
  const fetched = metrics.counter('l1_runs_fetched_total', 'Runs that L1s were asked for, by result.', ['result']);
  const onResult = (result: string): void => fetched.inc({ result });
  return { l1Servers, safeFetch, timeoutMs: config.runTimeoutMs, now, onResult };
}

/** A series is kept at hand per L1, as this is counted at every request. */
function countVerified(metrics: Metrics): (l1: string, result: string) => void {
  const verified = metrics.counter('l1_verify_total', 'Tokens verified for L1s, by L1 and result.', ['l1', 'result']);
  const good = new Map<string, { inc(): void }>();
  return (l1, result) => {
    if (result !== 'ok') return verified.inc({ l1, result });
    const known = good.get(l1) ?? verified.labels({ l1, result });
    good.set(l1, known);
    known.inc();
  };
}
