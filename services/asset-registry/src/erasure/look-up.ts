import { notFound } from '../http/answers.ts';
import type { ErasableAsset, ErasableRepository, Wanted } from './erasable.repository.ts';
import type { ErasedNames } from './erased-names.ts';

export interface LookUpDeps {
  assets: ErasableRepository;
  names: ErasedNames;
}

/**
 * What an operator means, as far as it is not erased: none when all of it is.
 *
 * @throws AppError 404 `not_found` for what never was
 */
export async function lookUpErasable(deps: LookUpDeps, wanted: Wanted): Promise<ErasableAsset[]> {
  const found = await deps.assets.find(wanted);
  if (found.length > 0) return found.filter(({ erasedAt }) => erasedAt === null);
  const { name } = wanted;
  if (name !== undefined && (await deps.names.erasedAt(name)) !== null) return [];
  throw notFound('asset');
}
