import type { RequestHandler } from 'express';
import { sendJsonText } from '../../http/answers.ts';
import type { AnchorSettings } from '../anchor-deps.ts';
import type { CalendarRepository } from '../calendars/calendar.repository.ts';
import { listCalendars } from '../list-calendars.ts';

/** `GET /anchors/calendars` */
export function listCalendarsRoute(deps: { settings: AnchorSettings; calendars: CalendarRepository }): RequestHandler {
  return async (_req, res) => {
    sendJsonText(res, 200, JSON.stringify({ calendars: await listCalendars(deps.settings, deps.calendars) }));
  };
}
