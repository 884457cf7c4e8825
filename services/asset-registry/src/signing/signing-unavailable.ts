import { AppError } from '@artdag/service-kit';

/** Nothing was stored; the same request may be sent again. */
export function signingUnavailable(cause: unknown): AppError {
  return new AppError('signing_unavailable', 503, 'The claim cannot be signed at the moment; try again shortly.', {
    headers: { 'retry-after': '2' },
    cause,
  });
}
