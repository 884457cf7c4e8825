export { addressKey } from './address-key.ts';
export { type Attempt, type Backoff, type BackoffOptions, createBackoff } from './backoff.ts';
export type { Charge, Decision } from './charges.ts';
export {
  createFailureLimiter,
  type FailureLimiter,
  type FailureLimiterOptions,
  type FailureStep,
  failureSteps,
} from './failure-limiter.ts';
export { tooManyFailures } from './refusals.ts';
export { createWindowLimiter, type WindowLimiter, type WindowLimiterOptions } from './window-limiter.ts';
