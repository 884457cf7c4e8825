import { isNativeError } from 'node:util/types';
import { SafeFetchError } from './safe-fetch-error.ts';
import { describeUrl } from './vet-url.ts';

/** Any failure of an exchange as a SafeFetchError. An aborted signal's reason says more than the error that it caused. */
export function toSafeFetchError(error: unknown, url: URL, signal: AbortSignal): SafeFetchError {
  if (signal.aborted && signal.reason instanceof SafeFetchError) return signal.reason;
  if (error instanceof SafeFetchError) return error;
  const code = codeOf(error);
  const where = describeUrl(url);
  if (code === 'UND_ERR_INVALID_ARG') {
    return new SafeFetchError('url_refused', `The request to ${where} cannot be sent: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new SafeFetchError('too_large', `The headers of the answer of ${where} are over 16 KiB.`, { cause: error });
  }
  return new SafeFetchError('unreachable', `${where} could not be reached: ${reasonOf(code, error)}.`, {
    cause: error,
  });
}

function reasonOf(code: string, error: unknown): string {
  if (code === 'ENOTFOUND') return 'the host name is unknown';
  if (code === 'EAI_AGAIN') return 'the name servers do not answer';
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  return code === '' ? messageOf(error) : `${messageOf(error)} (${code})`;
}

function codeOf(error: unknown): string {
  return isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function messageOf(error: unknown): string {
  return isNativeError(error) ? error.message.replace(/\.$/, '') : 'unknown error';
}
