import type { Request, RequestHandler } from 'express';
import { AppError } from '@artdag/service-kit';
import { goneAs } from './activity-json.ts';

export function userNotFound(): AppError {
  return new AppError('user_not_found', 404, 'There is no user of that name here.');
}

export function userGone(): AppError {
  return new AppError('user_gone', 410, 'This user was deleted.');
}

/** 410 for a collection of a deleted user, with its Tombstone. */
export function collectionGone(req: Request, id: string, deletedAt: Date): AppError {
  return goneAs(req, 'user_gone', 'This user was deleted.', { id, formerType: 'OrderedCollection', deletedAt });
}

/** 405 for the methods that a known path does not have. */
export function methodNotAllowed(...allowed: string[]): RequestHandler {
  const methods = allowed.join(', ');
  return (req) => {
    const message = `${req.method} is not possible here, only ${methods}.`;
    throw new AppError('method_not_allowed', 405, message, { headers: { allow: methods } });
  };
}
