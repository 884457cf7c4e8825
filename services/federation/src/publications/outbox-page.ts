/** A published activity. */
export interface PublishedDocument {
  activityId: string;
  /** JSON text. */
  document: string;
}

/** Where an outbox is read from. */
export interface OutboxSource {
  count(apActorId: string): Promise<number>;
  /** The newest `limit`; with `before` (an activity id of this outbox) those that follow it, newest first. */
  older(apActorId: string, limit: number, before?: string): Promise<PublishedDocument[]>;
  /** The oldest `limit`; with `after` those that come right before it, all the same newest first. */
  newer(apActorId: string, limit: number, after?: string): Promise<PublishedDocument[]>;
}

const PAGE_SIZE = 20;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface OutboxPage {
  /** JSON texts, newest first. */
  items: string[];
  /** Query strings: of this page, of the one with older activities, of the one with newer ones. */
  query: string;
  next?: string;
  prev?: string;
}

/** The part of an outbox that a query asks for. A place that is not in this outbox has an empty page. */
export async function readOutboxPage(
  source: OutboxSource,
  apActorId: string,
  query: Record<string, unknown>,
): Promise<OutboxPage> {
  const { max_id: maxId, min_id: minId } = query;
  if (typeof maxId === 'string') return olderPage(source, apActorId, maxId);
  if (typeof minId === 'string') return newerPage(source, apActorId, minId);
  return olderPage(source, apActorId);
}

async function olderPage(source: OutboxSource, apActorId: string, maxId?: string): Promise<OutboxPage> {
  const query = maxId === undefined ? '?page=true' : `?page=true&max_id=${encodeURIComponent(maxId)}`;
  if (maxId !== undefined && !UUID.test(maxId)) return { items: [], query };
  // One more than is shown, to know whether there is another page.
  const found = await source.older(apActorId, PAGE_SIZE + 1, maxId);
  const shown = found.slice(0, PAGE_SIZE);
  const [newest, oldest] = [shown[0], shown.at(-1)];
  return {
    items: shown.map(({ document }) => document),
    query,
    ...(found.length > PAGE_SIZE && oldest && { next: `?page=true&max_id=${oldest.activityId}` }),
    ...(maxId !== undefined && newest && { prev: `?page=true&min_id=${newest.activityId}` }),
  };
}

/** `min_id=0` is the page with the oldest. */
async function newerPage(source: OutboxSource, apActorId: string, minId: string): Promise<OutboxPage> {
  const query = `?page=true&min_id=${encodeURIComponent(minId)}`;
  const oldestPage = minId === '0';
  if (!oldestPage && !UUID.test(minId)) return { items: [], query };
  const found = await source.newer(apActorId, PAGE_SIZE + 1, oldestPage ? undefined : minId);
  const shown = found.slice(-PAGE_SIZE);
  const [newest, oldest] = [shown[0], shown.at(-1)];
  return {
    items: shown.map(({ document }) => document),
    query,
    ...(!oldestPage && oldest && { next: `?page=true&max_id=${oldest.activityId}` }),
    ...(found.length > PAGE_SIZE && newest && { prev: `?page=true&min_id=${newest.activityId}` }),
  };
}
