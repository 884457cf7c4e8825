import type { Request } from 'express';
import type { ReadApi } from '../gateway/read-api.ts';
import { descriptionSchema, type Description } from './description.ts';

/** The description of the API, as the gateway has it. Rejects like `ReadApi`. */
export type ReadDescription = (req: Request) => Promise<Description>;

/** It changes when another version is installed; a page may then be about the old one for so long. */
const keptMs = 60_000;

/** Asks at most once a minute, once for all who want it meanwhile: it is large, and the same for everybody. A failure is not kept. */
export function createReadDescription({ readApi }: { readApi: ReadApi }): ReadDescription {
  let kept: { description: Promise<Description>; until: number } | undefined;
  return (req) => {
    if (kept !== undefined && Date.now() < kept.until) return kept.description;
    const asked = { description: readApi(req, '/openapi.json', descriptionSchema), until: Date.now() + keptMs };
    asked.description.catch(() => {
      if (kept === asked) kept = undefined;
    });
    kept = asked;
    return asked.description;
  };
}
