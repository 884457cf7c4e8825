import { contentHashSchema } from '../../assets/new-asset.ts';
import { notFound } from '../../http/answers.ts';

/** The content hash of a path. @throws AppError 404 for what cannot be one */
export function pinHashOf(text: string): string {
  const read = contentHashSchema.safeParse(text);
  if (!read.success) throw pinNotFound();
  return read.data;
}

export function pinNotFound() {
  return notFound('pin');
}
