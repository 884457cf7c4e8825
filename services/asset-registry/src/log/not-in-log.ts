import { AppError } from '@artdag/service-kit';

/** 404 that no cache may keep: it may be there in a second. */
export function notInLog(message: string): AppError {
  return new AppError('not_found', 404, message, { headers: { 'cache-control': 'no-store' } });
}
