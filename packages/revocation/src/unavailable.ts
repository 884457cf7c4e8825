import { AppError } from '@artdag/service-kit';

/** Nobody could say whether a credential has been taken back: it is not accepted, and may be tried again. */
export class RevocationUnavailable extends AppError {
  constructor(cause?: unknown) {
    super('revocation_unavailable', 503, 'Whether this credential is still valid cannot be found out at the moment.', {
      headers: { 'retry-after': '2' },
      ...(cause === undefined ? {} : { cause }),
    });
    this.name = 'RevocationUnavailable';
  }
}
