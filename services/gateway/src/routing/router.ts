import type { Route } from '../route-table.ts';

/** A route, or the methods that the path has when the one asked for is not among them, or nothing at all. */
export type Match = { route: Route } | { allow: string } | undefined;

export interface Router {
  match(method: string, path: string): Match;
}

/** The methods of one path; `HEAD` comes with `GET`. */
type Methods = Map<string, Route>;

/** Compiles a route table: exact paths are looked up, patterns are tried in the order in which they are listed. */
export function createRouter(table: readonly Route[]): Router {
  const exact = new Map<string, Methods>();
  const patterns = new Map<string, { expression: RegExp; methods: Methods }>();
  for (const route of table) methodsOf(route).set(route.method, route);

  function methodsOf(route: Route): Methods {
    if (!route.path.includes('{')) {
      const methods = exact.get(route.path) ?? new Map<string, Route>();
      exact.set(route.path, methods);
      return methods;
    }
    const known = patterns.get(route.path) ?? {
      expression: toExpression(route),
      methods: new Map<string, Route>(),
    };
    patterns.set(route.path, known);
    return known.methods;
  }

  const ordered = [...patterns.values()];
  const patternOf = (path: string): Methods | undefined =>
    ordered.find((pattern) => pattern.expression.test(path))?.methods;
  return {
    match(method, path) {
      const methods = exact.get(path);
      if (methods === undefined) return matchMethod(patternOf(path), method);
      const match = matchMethod(methods, method);
      const isName = !match || 'route' in match ? false : [...methods.values()].some((route) => route.alsoName);
      return isName ? matchMethod(new Map([...methods, ...(patternOf(path) ?? [])]), method) : match;
    },
  };
}

function matchMethod(methods: Methods | undefined, method: string): Match {
  if (!methods) return undefined;
  const route = methods.get(method === 'HEAD' ? 'GET' : method);
  return route ? { route } : { allow: allowed(methods) };
}

function toExpression({ path, deep }: Route): RegExp {
  const source = path
    .split('/')
    .map((segment) => (segment.startsWith('{') ? '[^/]+' : segment.replace(/[.*+?^$()|[\]\\]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}${deep === true ? '(?:/[^/]+)*' : ''}$`);
}

function allowed(methods: Methods): string {
  const names = [...methods.keys()];
  return (methods.has('GET') ? [...names, 'HEAD'] : names).join(', ');
}
