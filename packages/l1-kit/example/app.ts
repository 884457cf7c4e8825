import { createL1Kit, createRedisStore, type L1KitOptions, type RedisClient } from '@artdag/l1-kit';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { ExampleConfig } from './config.ts';
import { studioPage, welcomePage } from './pages.ts';
import { publish } from './publish.ts';
import { readRecipe } from './render.ts';
import { createRuns } from './runs.ts';

/** A rendering server that draws circles: all that an L1 needs, and no more. */
export function createExample(config: ExampleConfig, redis?: RedisClient): Express {
  const { publicUrl, l2Servers, privateKeyPem, recheckMs, redisPrefix } = config;
  const log = (line: string): void => void process.stdout.write(`${line}\n`);
  const options: L1KitOptions = {
    publicUrl,
    l2Servers,
    landingPath: '/studio',
    onRevoked: ({ username, l2Server, reason }) => log(`signed out: ${username} of ${l2Server} (${reason})`),
    onError: (error) => log(`fault: ${error instanceof Error ? error.message : String(error)}`),
  };
  if (redis !== undefined) {
    options.store = createRedisStore(redis, redisPrefix === undefined ? {} : { keyPrefix: redisPrefix });
  }
  if (privateKeyPem !== undefined) options.signing = { privateKeyPem };
  if (recheckMs !== undefined) options.recheckMs = recheckMs;
  const kit = createL1Kit(options);
  const runs = createRuns(() => new Date());

  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders);
  app.use(kit.router);
  app.get('/', (_req, res) => void res.send(welcomePage(l2Servers)));
  app.get('/studio', kit.requireUser, (req, res) => {
    const user = kit.userOf(req);
    res.send(studioPage(user, runs.listOf(user)));
  });
  app.post('/runs', kit.requireUser, express.json(), express.urlencoded({ extended: false }), (req, res) => {
    const recipe = readRecipe(req.body);
    if (recipe === undefined) return refuse(res, 422, 'invalid_recipe', 'A recipe is a seed and 1 to 64 circles.');
    const document = runs.start(kit.userOf(req), recipe);
    if (req.is('urlencoded')) return res.redirect(303, '/studio');
    return res.status(201).location(`/runs/${document.run_id}`).json(document);
  });
  // L2 fetches it as anybody does.
  app.get('/runs/:id', (req, res) => {
    const run = runs.find(req.params.id);
    return run === undefined ? unknownRun(res) : res.json(run.document);
  });
  app.get('/runs/:id/output', (req, res) => {
    const run = runs.find(req.params.id);
    return run === undefined ? unknownRun(res) : res.type('image/svg+xml').send(run.output);
  });
  app.post('/runs/:id/publish', kit.requireUser, async (req, res) => {
    const user = kit.userOf(req);
    const run = runs.find(req.params['id'] as string);
    if (run?.document.actor_id !== user.actorId) return unknownRun(res);
    const { status, body } = await publish(publicUrl, user, kit.tokenOf(req), run.document);
    return res.status(status).json(body);
  });
  app.use((_req, res) => refuse(res, 404, 'not_found', 'There is nothing here.'));
  app.use(answerFaults);
  return app;
}

function securityHeaders(_req: Request, res: Response, next: NextFunction): void {
  res.set({
    'content-security-policy': "default-src 'none'; img-src 'self'; form-action 'self'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  });
  next();
}

/** What a body parser refuses is the sender's fault, everything else ours. */
function answerFaults(error: unknown, _req: Request, res: Response, next: NextFunction): void {
  if (res.headersSent) return next(error);
  const status = Number((error as { status?: unknown } | null)?.status);
  if (status >= 400 && status < 500) refuse(res, status, 'invalid_body', 'The body could not be read.');
  else refuse(res, 500, 'internal_error', 'Something is broken here.');
}

function unknownRun(res: Response): void {
  refuse(res, 404, 'run_not_found', 'There is no such run of yours.');
}

function refuse(res: Response, status: number, code: string, detail: string): void {
  res.status(status).json({ code, detail });
}
