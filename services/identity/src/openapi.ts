import type { Operation } from '@artdag/service-kit';
import { identityOperations } from './identities/operations.ts';
import { publicKeyOperations } from './public-keys/operations.ts';

/** The public routes of identity, for the API description. */
export const operations: readonly Operation[] = [...publicKeyOperations, ...identityOperations];
