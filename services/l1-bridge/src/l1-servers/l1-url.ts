import { serverAddress } from '@artdag/service-kit';

export interface L1UrlOptions {
  /** Plain http as well: for servers on one's own machine. */
  allowHttp: boolean;
}

/** The addresses of a list, or what is wrong with it: a sentence per item, without its password. */
export interface L1Urls {
  urls: string[];
  problems: string[];
}

/**
 * Reads `L1_SERVERS` (art-dag-l2.md §2): comma-separated, items trimmed, empty ones dropped, each in the one spelling of
 * `normaliseL1Url`, duplicates collapsed to the first.
 */
export function parseL1Servers(text: string, options: L1UrlOptions): L1Urls {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  const urls = new Set<string>();
  const problems: string[] = [];
  for (const item of items) {
    const url = normaliseL1Url(item, options);
    if (url !== undefined) urls.add(url);
    else problems.push(`got ${shown(item)}, wants ${wanted(options)}`);
  }
  return { urls: [...urls], problems };
}

/**
 * The one spelling of an L1's address, so that two spellings are never two servers: scheme and host in lower case, no
 * default port, no trailing `/`. Undefined for what is no address of an L1: other schemes, credentials, query, fragment.
 */
export function normaliseL1Url(text: string, { allowHttp }: L1UrlOptions): string | undefined {
  const address = serverAddress(text);
  return allowHttp || address?.startsWith('https://') === true ? address : undefined;
}

function wanted({ allowHttp }: L1UrlOptions): string {
  return allowHttp
    ? 'an http or https address without credentials and query'
    : 'an https address without credentials and query (http only with ALLOW_HTTP_L1=true)';
}

function shown(item: string): string {
  return JSON.stringify(item.replace(/\/\/[^@/]*@/, '//***@').slice(0, 100));
}
