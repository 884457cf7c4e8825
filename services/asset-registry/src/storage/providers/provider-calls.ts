import type { SafeFetch, SafeFetchInit, SafeFetchResponse } from '@artdag/safe-fetch';
import type { LocalFolders } from './local-folders.ts';
import { toProviderFailure } from './provider-failure.ts';

/** Where providers with an address of their own are, without a trailing slash. */
export interface ProviderHosts {
  pinata: string;
  infura: string;
  filebase: string;
  storj: string;
}

export const publicHosts: ProviderHosts = {
  pinata: 'https://api.pinata.cloud',
  infura: 'https://ipfs.infura.io:5001',
  filebase: 'https://s3.filebase.com',
  storj: 'https://gateway.storjshare.io',
};

/** What providers are asked by. */
export interface ProviderCalls {
  /** One request of at most 10 s; redirects are not followed. @throws ProviderFailure without an answer */
  send(url: string, init?: Pick<SafeFetchInit, 'method' | 'headers' | 'body'>): Promise<SafeFetchResponse>;
  hosts: ProviderHosts;
  folders: LocalFolders;
  now: () => Date;
  /** Aborts when the process ends. */
  signal: AbortSignal;
}

const limits = { timeoutMs: 10_000, maxBytes: 256 * 1024, maxRedirects: 0 };

export function createSend(safeFetch: SafeFetch): ProviderCalls['send'] {
  return async (url, init = {}) => {
    try {
      return await safeFetch(url, { accept: 'application/json', ...init, ...limits });
    } catch (error) {
      throw toProviderFailure(error);
    }
  };
}
