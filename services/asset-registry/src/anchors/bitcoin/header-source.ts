import { blockHeaderBytes, displayHash, parseBlockHeader, type BlockHeader } from '@artdag/opentimestamps';
import { SafeFetchError, type SafeFetch } from '@artdag/safe-fetch';

export interface FetchedHeader {
  /** 80 bytes. */
  bytes: Buffer;
  header: BlockHeader;
}

/** Where Bitcoin block headers come from. */
export interface HeaderSource {
  /** @throws HeaderSourceError */
  tipHeight(): Promise<number>;
  /** The headers of `count` blocks from a height on, ascending. @throws HeaderSourceError */
  headersFrom(height: number, count: number): Promise<FetchedHeader[]>;
}

/** The source could not be asked, or gave no sensible answer. */
export class HeaderSourceError extends Error {
  override readonly name = 'HeaderSourceError';
}

/**
 * Three routes of Esplora, which block explorers and one's own electrs offer:
 * `GET /blocks/tip/height` (a number), `GET /block-height/<h>` (a block's hash), `GET /block/<hash>/header` (160 hex digits).
 */
export function createEsploraSource(url: string, safeFetch: SafeFetch): HeaderSource {
  const get = async (path: string, form: RegExp): Promise<string> => {
    const text = await fetchText(safeFetch, `${url}${path}`);
    if (!form.test(text)) throw new HeaderSourceError(`${path} is answered with something else than was asked for.`);
    return text;
  };
  const headerAt = async (height: number): Promise<FetchedHeader> => {
    const hash = await get(`/block-height/${height}`, /^[0-9a-f]{64}$/);
    const hex = await get(`/block/${hash}/header`, headerForm);
    const bytes = Buffer.from(hex, 'hex');
    const header = parseBlockHeader(bytes);
    if (displayHash(header.hash) !== hash)
      throw new HeaderSourceError(`Block ${height}: the header is not the hash's.`);
    return { bytes, header };
  };
  return {
    tipHeight: async () => Number(await get('/blocks/tip/height', /^\d{1,9}$/)),
    async headersFrom(height, count) {
      const headers: FetchedHeader[] = [];
      for (let i = 0; i < count; i += 1) headers.push(await headerAt(height + i));
      return headers;
    },
  };
}

const headerForm = new RegExp(`^[0-9a-f]{${2 * blockHeaderBytes}}$`);

async function fetchText(safeFetch: SafeFetch, url: string): Promise<string> {
  try {
    const { status, body } = await safeFetch(url, { maxBytes: 1024, timeoutMs: 5_000 });
    if (status !== 200) throw new HeaderSourceError(`The source of block headers answered ${status}.`);
    return body.toString('latin1').trim();
  } catch (error) {
    if (error instanceof SafeFetchError) throw new HeaderSourceError(error.message, { cause: error });
    throw error;
  }
}
