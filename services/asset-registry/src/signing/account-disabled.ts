import { AppError } from '@artdag/service-kit';

export function accountDisabled(): AppError {
  return new AppError('account_disabled', 403, 'This account can sign no new claims.');
}
