import { emptyBodyDigest } from '@artdag/msign';
import { addressKey } from '@artdag/rate-limit';
import { hasBody } from '@artdag/service-kit';
import { schemeOf } from '../credentials/authorization-header.ts';
import type { Arrival, Caller, Carrier } from '../credentials/carrier.ts';
import { cannotCheck } from '../credentials/refusals.ts';
import type { Visitors } from '../limits/visitors.ts';
import type { CallerOf } from './callers.ts';
import type { Failures } from './failures.ts';
import { type HeaderRules, readHead, type SignedHead } from './header.ts';
import type { HeldBodies } from './held-bodies.ts';
import type { LimitedSigners } from './limited-signers.ts';
import type { MSignRefusals } from './refusals.ts';
import type { Question, Verify } from './verify-call.ts';

export interface MSignCarrierDeps extends HeaderRules {
  refusals: MSignRefusals;
  visitors: Visitors;
  failures: Failures;
  limited: LimitedSigners;
  bodies: HeldBodies;
  verify: Verify;
  callerOf: CallerOf;
}

/** `Authorization: MSign`: a request signed by a key of its caller (public-key-auth.md §4). */
export function msignCarrier(deps: MSignCarrierDeps): Carrier {
  return {
    name: 'msign',
    // Whoever reads credentials itself has no keys: only the gateway can ask about a signature.
    everywhere: true,
    present: (request) => schemeOf(request) === 'msign',
    resolve: (request, arrival) => accept(deps, readHead(request, deps), arrival),
    revoked: () => deps.refusals.of('key_revoked'),
    limited: (request, error) => deps.limited.refused(request, error),
  };
}

async function accept(deps: MSignCarrierDeps, head: SignedHead, arrival: Arrival): Promise<Caller> {
  const { failures, bodies, refusals } = deps;
  const { request } = arrival;
  const { client } = await deps.visitors.of(request);
  const address = addressKey(client.address);
  const signer = `${head.handle} ${head.kid ?? ''} ${address}`;
  if (!arrival.countsAlone) deps.limited.check(signer);
  const earlier = await failures.check(address);
  const bodySha256 = hasBody(request) ? await bodies.read(arrival, address) : emptyBodyDigest;
  const verdict = await deps.verify(questionOf(head, arrival, bodySha256));
  if (verdict.ok || isProven(verdict.code)) deps.limited.proven(request, signer);
  if (verdict.ok) {
    if (earlier > 0) await failures.succeed(address);
    return deps.callerOf(verdict);
  }
  if (verdict.code === 'bad_signature') await failures.fail(address);
  throw verdict.code === 'unavailable' ? cannotCheck('identity cannot say now') : refusals.of(verdict.code);
}

function questionOf(head: SignedHead, { request }: Arrival, bodySha256: string): Question {
  return {
    handle: head.handle,
    kid: head.kid,
    names_algorithm: head.namesAlgorithm,
    ts: head.ts,
    signature: head.signature.toString('base64url'),
    method: request.method ?? '',
    host: head.host,
    target: request.url ?? '',
    body_sha256: bodySha256,
  };
}

/** Whether the key has signed the request, although it does not count. */
function isProven(code: string): boolean {
  return code === 'key_revoked' || code === 'key_expired' || code === 'replayed' || code === 'account_disabled';
}
