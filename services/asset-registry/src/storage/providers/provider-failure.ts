import { SafeFetchError, type SafeFetchErrorCode, type SafeFetchResponse } from '@artdag/safe-fetch';

/** A provider that gave no answer to work with. The message is for its owner: it holds no secret, no address and nothing that it sent. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';
}

const reasons: Record<SafeFetchErrorCode, string> = {
  address_refused: 'It is not at an address that this server may call.',
  url_refused: 'Its URL is not one that this server may call: it wants https.',
  timeout: 'It did not answer in time.',
  too_large: 'It answered with more than is read.',
  unreachable: 'It could not be reached, or its TLS certificate is not valid.',
  redirect_refused: 'It answered with a redirect, which is not followed: is the address right, or the region?',
  content_type_refused: 'It answered with something else than was asked for.',
};

/** Said in words of our own, as the client's name resolved addresses and the reasons of sockets. */
export function toProviderFailure(error: unknown): unknown {
  return error instanceof SafeFetchError ? new ProviderFailure(reasons[error.code], { cause: error }) : error;
}

/** What a status says that is not the one hoped for. */
export function refusal({ status }: Pick<SafeFetchResponse, 'status'>): string {
  const what =
    meanings.get(status) ?? (status >= 500 ? 'it has a problem of its own' : 'which says nothing about this');
  return `It answered ${status}: ${what}.`;
}

const meanings = new Map([
  [401, 'it does not accept these credentials'],
  [403, 'it does not accept these credentials, or does not let them do this'],
  [404, 'there is no such thing at this address'],
  [429, 'it wants fewer requests'],
]);
