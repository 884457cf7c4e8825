import type { Request } from 'express';

/** The request's own path and query with some parameters set and others dropped: where another page of it is. */
export function pageAddress(req: Request, set: Record<string, string>, drop: readonly string[] = []): string {
  const [path = '', query = ''] = req.originalUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  for (const name of drop) parameters.delete(name);
  for (const [name, value] of Object.entries(set)) parameters.set(name, value);
  return `${path}?${parameters.toString()}`;
}
