/** For tests: walks and changes JSON by dotted paths, e.g. `data.keys.0.key_id`. Only values that are objects have members here. */

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Every path to a member of an object (not to an array's element), outermost first. */
export function paths(value: unknown, prefix = ''): string[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return [...(Array.isArray(value) ? [] : [path]), ...paths(inner, path)];
  });
}

function at(root: unknown, path: string): unknown {
  return path === '' ? root : path.split('.').reduce((value, key) => (isObject(value) ? value[key] : undefined), root);
}

/** A copy with `key` set in the object at `path`; undefined when there is no object at that path. */
export function withField(root: unknown, path: string, key: string, value: unknown): unknown {
  const copy = structuredClone(root);
  const parent = at(copy, path);
  if (!isObject(parent) || Array.isArray(parent)) return undefined;
  parent[key] = value;
  return copy;
}

/** A copy that lacks the member at `path`. */
export function withoutField(root: unknown, path: string): unknown {
  const copy = structuredClone(root);
  const steps = path.split('.');
  const parent = at(copy, steps.slice(0, -1).join('.'));
  if (isObject(parent)) delete parent[steps.at(-1) ?? ''];
  return copy;
}
