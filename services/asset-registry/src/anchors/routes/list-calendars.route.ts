import type { RequestHandler } from 'express';
import { sendJsonText } from '../../http/answers.ts';
import { listCalendars, type ListCalendarsDeps } from '../list-calendars.ts';

/** `GET /anchors/calendars` */
export function listCalendarsRoute(deps: ListCalendarsDeps): RequestHandler {
  return async (_req, res) => {
    sendJsonText(res, 200, JSON.stringify({ calendars: await listCalendars(deps) }));
  };
}
