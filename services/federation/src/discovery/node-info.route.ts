import type { Execute } from '@artdag/messaging';
import type { RequestHandler } from 'express';
import type { LocalUrls } from '../urls.ts';
import { measureUsage } from './measure-usage.ts';
import { nodeInfo, nodeInfoLinks, nodeInfoType } from './node-info.ts';
import { sendPublicly } from './send-publicly.ts';

export interface NodeInfoDeps {
  urls: LocalUrls;
  /** Autocommit statements. */
  execute: Execute;
  now: () => Date;
  /** Where the source of this software is. */
  repositoryUrl: string | undefined;
}

/** `GET /.well-known/nodeinfo`. */
export function nodeInfoLinksRoute({ urls }: Pick<NodeInfoDeps, 'urls'>): RequestHandler {
  const text = JSON.stringify(nodeInfoLinks(urls.publicUrl));
  return (_req, res) => sendPublicly(res, 'application/json; charset=utf-8', text);
}

/** `GET /nodeinfo/2.1`. Its numbers are up to ten minutes old. */
export function nodeInfoRoute({ execute, now, repositoryUrl }: NodeInfoDeps): RequestHandler {
  const usage = measureUsage(execute, now);
  return async (_req, res) => sendPublicly(res, nodeInfoType, JSON.stringify(nodeInfo(await usage(), repositoryUrl)));
}
