export {
  type ActorIdentity,
  type Assertion,
  SERVICE_METHOD,
  isSession,
  serviceActorId,
  serviceAssertion,
} from './assertion.ts';
export { allScopes, scopePattern } from './all-scopes.ts';
export {
  type AssertionSigner,
  type AssertionSignerOptions,
  assertionKeyCheck,
  createAssertionSigner,
} from './signer.ts';
export { type AssertionVerifier, type AssertionVerifierOptions, createAssertionVerifier } from './verifier.ts';
export type { InternalJwk } from './key-set.ts';
export * from './middleware.ts';
export * from './service-key.ts';
export { WWW_AUTHENTICATE, forbidden, invalidAssertion, unauthorized } from './refusals.ts';
export { createTokenKeys, type TokenKey, type TokenKeys, type TokenKeysDeps } from './token-keys.ts';
