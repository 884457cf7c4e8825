import {
  type ActorIdentity,
  type Assertion,
  type AssertionVerifierOptions,
  serviceAssertion,
} from '@artdag/actor-context';
import { quietLogger } from '../logs.ts';
import { type Forgery, makeForgeries } from './forgeries.ts';
import { type TestKey, headerOf, payloadOf, testJwks, testKey, writeJwt } from './tokens.ts';

/** What a test may say about an actor; the rest is filled in (a human with a bearer access token, no scopes). */
export type TestActor = Partial<ActorIdentity> & Partial<Omit<Assertion, 'actor'>>;

export interface AssertionKit {
  /** For createAssertionVerifier: a verifier that needs no auth. */
  verifierOptions: AssertionVerifierOptions;
  /** A value for X-Actor-Assertion, signed by the gateway, for the kit's service. */
  actor: (actor?: TestActor) => string;
  /** The same, from a service that speaks for itself. */
  service: (name: string) => string;
  /** Assertions of `actor` that must not be believed, by what is wrong with them. */
  forgeries: (actor?: TestActor) => Forgery[];
}

/** Assertions for tests of `service`, signed with keys in memory, which startFakeAuth publishes too. */
export function makeAssertionKit(service: string, o: { now?: () => Date } = {}): AssertionKit {
  const now = o.now ?? (() => new Date());
  const mint = (key: TestKey, assertion: Assertion): string =>
    writeJwt(headerOf(key), payloadOf(key, service, assertion, now()), key.privateKey);
  testKey('gateway');
  return {
    verifierOptions: {
      service,
      authUrl: 'http://127.0.0.1:9',
      logger: quietLogger(),
      now,
      loadKeys: () => Promise.resolve(testJwks()),
    },
    actor: (actor) => mint(testKey('gateway'), toAssertion(actor)),
    service: (name) => mint(testKey(name), serviceAssertion(name)),
    forgeries: (actor) => makeForgeries(service, toAssertion(actor), now()),
  };
}

function toAssertion(actor: TestActor = {}): Assertion {
  const { actor_id = 'user:alice', actor_type = 'human', microdao_ids = [], roles = [], ...rest } = actor;
  return {
    actor: { actor_id, actor_type, microdao_ids, roles },
    username: 'alice',
    org_id: null,
    scopes: [],
    sid: null,
    jti: null,
    method: 'bearer',
    token_use: 'access',
    ...rest,
  };
}
