import { notFound } from '../http/answers.ts';

/** The id of a path. @throws AppError 404 for what cannot be one */
export function storageIdOf(text: string): string {
  if (!/^sto_[0-9a-z]{26}$/.test(text)) throw storageNotFound();
  return text;
}

/** Also for somebody else's, as if it did not exist. */
export function storageNotFound() {
  return notFound('storage provider');
}
