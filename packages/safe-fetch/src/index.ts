export { isRefusedAddress } from './address.ts';
export { createSafeFetch } from './create-safe-fetch.ts';
export type { Lookup, ResolvedAddress } from './resolve.ts';
export { SafeFetchError, type SafeFetchErrorCode } from './safe-fetch-error.ts';
export type { SafeFetch, SafeFetchClient, SafeFetchInit, SafeFetchOptions, SafeFetchResponse } from './types.ts';
