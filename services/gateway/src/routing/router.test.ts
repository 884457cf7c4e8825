import { describe, expect, it } from '@jest/globals';
import { routeTable } from '../route-table.ts';
import { createRouter } from './router.ts';

const router = createRouter(routeTable);

function ownerOf(method: string, path: string): string | undefined {
  const match = router.match(method, path);
  return match && 'route' in match ? `${match.route.owner} ${match.route.path}` : match?.allow;
}

describe('the route table', () => {
  it.each([
    ['GET', '/', 'gateway /'],
    ['HEAD', '/assets', 'asset-registry /assets'],
    ['POST', '/assets', 'asset-registry /assets'],
    ['GET', '/assets/a.b:c-d', 'asset-registry /assets/{name}'],
    ['GET', '/users/%7Ea', 'federation /users/{username}'],
    ['POST', '/users/a/inbox', 'federation /users/{username}/inbox'],
    ['POST', '/auth/login', 'auth /auth/login'],
    ['GET', '/renderers', 'l1-bridge /renderers'],
    ['POST', '/auth/verify', 'l1-bridge /auth/verify'],
    ['POST', '/api/auth/verify', 'identity /api/auth/verify'],
    ['POST', '/assets/record-run', 'asset-registry /assets/record-run'],
    ['POST', '/assets/batch', 'asset-registry /assets/batch'],
    ['GET', '/assets/record-run', 'asset-registry /assets/{name}'],
    ['HEAD', '/assets/batch', 'asset-registry /assets/{name}'],
    ['DELETE', '/assets/record-run', 'asset-registry /assets/{name}'],
    ['GET', '/log/tile/0/000', 'asset-registry /log/tile/{tile}'],
    ['HEAD', '/log/tile/entries/x001/x234/067.p/5', 'asset-registry /log/tile/{tile}'],
  ])('sends %s %s to %s', (method, path, wanted) => {
    expect(ownerOf(method, path)).toBe(wanted);
  });

  it.each([
    ['DELETE', '/assets', 'GET, POST, HEAD'],
    ['GET', '/auth/login', 'POST'],
    ['GET', '/auth/verify', 'POST'],
    ['OPTIONS', '/users/a', 'GET, HEAD'],
    ['GET', '/users/a/inbox', 'POST'],
    ['POST', '/', 'GET, HEAD'],
    ['OPTIONS', '/assets/batch', 'POST, GET, PATCH, DELETE, HEAD'],
  ])('knows that %s %s takes %s instead', (method, path, allow) => {
    expect(ownerOf(method, path)).toBe(allow);
  });

  it.each([
    '/assets/',
    '/assets/a/b',
    '/users//outbox',
    '/Assets',
    '/auth',
    '/api/auth',
    '/x',
    '/log/tile',
    '/log/tile/',
    '/log/tile//0',
    '/log/tile/0/',
    '/log/vkeys/x',
  ])('has no %s', (path) => {
    expect(router.match('GET', path)).toBeUndefined();
  });

  it('takes an exact path before a pattern listed earlier', () => {
    const both = createRouter([
      { method: 'GET', path: '/a/{x}', owner: 'web', auth: 'public' },
      { method: 'GET', path: '/a/b', owner: 'auth', auth: 'public' },
    ]);
    expect(both.match('GET', '/a/b')).toMatchObject({ route: { owner: 'auth' } });
    expect(both.match('GET', '/a/c')).toMatchObject({ route: { owner: 'web' } });
  });
});
