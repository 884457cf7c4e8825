/** A path with those parameters that have a value. */
export function withQuery(path: string, parameters: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    // A lone surrogate would make the whole address undecodable.
    if (value !== undefined && value !== '') query.set(name, String(value).toWellFormed());
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

/** One segment of a path. */
export function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** A parameter as a text; the first one when it was given several times. */
export function textOf(parameter: unknown): string | undefined {
  const value: unknown = Array.isArray(parameter) ? parameter[0] : parameter;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** A parameter of the API's `next`; undefined on the last page. */
export function parameterOf(next: string | null, name: string): string | undefined {
  return next === null ? undefined : (new URLSearchParams(next.slice(next.indexOf('?') + 1)).get(name) ?? undefined);
}
