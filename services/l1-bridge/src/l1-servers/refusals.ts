import { AppError } from '@artdag/service-kit';

/** 403 for a server that is not listed, or is disabled. */
export function l1NotAuthorized(): AppError {
  const message = 'This server works with no such L1; GET /renderers lists those it does.';
  return new AppError('l1_not_authorized', 403, message);
}

/** 409 for a server that takes no new attachments. */
export function l1Draining(): AppError {
  return new AppError('l1_draining', 409, 'This L1 takes no new users at present. Choose another one, or try later.');
}
