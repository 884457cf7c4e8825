import { posix } from 'node:path';
import { assetNameOf } from '@artdag/claims/suggestions';
import { CliError } from '../../cli-error.ts';

export const defaultNameTemplate = '{path}';

interface Named {
  /** The way from the folder that was given, with slashes. */
  within: string;
  hash: string;
}

const parts: Record<string, (named: Named) => string> = {
  path: ({ within }) => within,
  name: ({ within }) => posix.basename(within),
  stem: ({ within }) => posix.basename(within, posix.extname(within)),
  ext: ({ within }) => posix.extname(within).slice(1),
  hash: ({ hash }) => hash,
};

/**
 * How files are named: a text with `{path}`, `{name}`, `{stem}`, `{ext}` and `{hash}`. What a name may not hold becomes a hyphen.
 *
 * @throws CliError for other braces
 */
export function namerOf(template: string): (named: Named) => string {
  for (const [whole, part = ''] of template.matchAll(/\{([^}]*)\}/g)) {
    if (!Object.hasOwn(parts, part)) {
      throw new CliError(`--name-template knows no ${whole}; it has {path}, {name}, {stem}, {ext} and {hash}.`);
    }
  }
  return (named) => assetNameOf(template.replaceAll(/\{([^}]*)\}/g, (_, part: string) => parts[part]?.(named) ?? ''));
}
