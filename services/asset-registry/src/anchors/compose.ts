import { randomBytes } from 'node:crypto';
import { requireActor, requireRole, requireScope } from '@artdag/actor-context';
import { createLoop, sleep } from '@artdag/service-kit';
import type { Part, Shared } from '../part.ts';
import { createLeafFinder } from './activity-anchor.ts';
import type { AnchorDeps } from './anchor-deps.ts';
import { createAnchorMetrics } from './anchor-metrics.ts';
import { createAnchorRepository } from './anchor.repository.ts';
import { createEsploraSource } from './bitcoin/header-source.ts';
import { createCalendarClient } from './calendars/calendar-client.ts';
import { createCalendarRepository } from './calendars/calendar.repository.ts';
import { wantedOperators } from './calendars/choose-calendars.ts';
import type { AnchorReaderDeps } from './list-anchors.ts';
import { askForAnchorRoute } from './routes/ask-for-anchor.route.ts';
import { getActivityAnchorRoute } from './routes/get-activity-anchor.route.ts';
import { getAnchorRoute } from './routes/get-anchor.route.ts';
import { getAnchorProofRoute } from './routes/get-anchor-proof.route.ts';
import { listAnchorsRoute } from './routes/list-anchors.route.ts';
import { listCalendarsRoute } from './routes/list-calendars.route.ts';
import { upgradeAnchorRoute } from './routes/upgrade-anchor.route.ts';
import type { AnchoredLog } from './signed-checkpoint.ts';
import { workOnAnchors } from './work-on-anchors.ts';

/** Anchors of the log in the Bitcoin chain, by OpenTimestamps. */
export function composeAnchors(shared: Shared, log: AnchoredLog): Part {
  const { attach, config, execute, logger, now } = shared;
  const deps = anchorDeps(shared, log);
  const anchors = createAnchorRepository(execute);
  const view = { wantedOperators: wantedOperators(config.otsCalendars), checksHeaders: deps.headers !== undefined };
  const reader: AnchorReaderDeps = { anchors, view };
  const isEnabled = config.otsCalendars.length > 0;
  const startedAt = now();
  const run = (signal: AbortSignal): Promise<boolean> => workOnAnchors(deps, startedAt, signal);
  const loop = createLoop({ name: 'anchors', everyMs: config.anchorTickMs, run, logger });
  const wake = (): void => loop.wake();
  return {
    routes(app) {
      const mayAsk = [
        attach,
        requireActor(),
        requireRole('system_admin', 'microdao_owner'),
        requireScope('assets:create'),
      ];
      app.get('/anchors', attach, listAnchorsRoute(reader));
      app.post('/anchors', ...mayAsk, askForAnchorRoute({ ...deps, log, sleep, reader, wake }));
      app.get('/anchors/calendars', attach, listCalendarsRoute(deps));
      app.get('/anchors/:merkle_root', attach, getAnchorRoute(reader));
      app.get('/anchors/:merkle_root/proof.ots', attach, getAnchorProofRoute(reader));
      const upgrade = upgradeAnchorRoute({ reader, now, wake, isEnabled });
      app.post('/anchors/:merkle_root/upgrade', attach, requireActor(), requireRole('system_admin'), upgrade);
      const leaves = createLeafFinder(execute);
      app.get('/activities/:ref/anchor', attach, getActivityAnchorRoute({ leaves, reader, log }));
    },
    // Without calendars nobody is called.
    start: () => (isEnabled ? loop.start() : undefined),
    stop: () => loop.stop(),
  };
}

function anchorDeps(shared: Shared, checkpoints: AnchoredLog): AnchorDeps {
  const { config, execute, logger, metrics, now, safeFetch, transaction } = shared;
  const { otsCalendars: calendars, otsCalendarHosts: calendarHosts, bitcoinHeadersUrl } = config;
  return {
    ...{ execute, logger, now, transaction, checkpoints },
    newNonce: () => randomBytes(16),
    metrics: createAnchorMetrics(metrics),
    client: createCalendarClient(safeFetch),
    calendars: createCalendarRepository(execute),
    headers: bitcoinHeadersUrl === undefined ? undefined : createEsploraSource(bitcoinHeadersUrl, safeFetch),
    settings: { calendars, calendarHosts, intervalMs: config.anchorIntervalMs, network: config.bitcoinNetwork },
  };
}
