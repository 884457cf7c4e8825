import { z } from 'zod';

/** What `parse` found wrong, in one line of paths and messages, without the values: fit for logs. */
export function problemsOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return String(error);
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
}
