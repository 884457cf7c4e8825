import { z } from 'zod';
import type { Page } from './profile-rows.ts';

const maxPerPage = 100;
/** Every row before a page is counted to find it. */
const maxPage = 10_000;

/** `page` and `per_page` of a list. */
export const pageFields = {
  page: z.coerce.number().int().min(1).max(maxPage).default(1),
  per_page: z.coerce.number().int().min(1).max(maxPerPage).default(20),
};

/** What a list says beside its entries. */
export const pageAnswer = {
  page: z.number().int(),
  per_page: z.number().int(),
  total: z.number().int().meta({ description: 'Over all pages.' }),
};

export function pageOf(query: { page: number; per_page: number }): Page {
  return { page: query.page, perPage: query.per_page };
}
