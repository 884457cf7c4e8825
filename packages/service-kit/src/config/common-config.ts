import { z } from 'zod';
import { cidrList, logLevel } from './pieces.ts';

/** Loopback and RFC 1918: who may read /metrics unless METRICS_ALLOW_CIDRS says otherwise. */
export const PRIVATE_CIDRS = ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const;

/** What every service has in its config. */
export interface CommonConfig {
  host: string;
  port: number;
  logLevel: string;
  /** Address ranges that may read /metrics; the socket's address counts. */
  metricsAllowCidrs: string[];
  /** Address ranges whose X-Forwarded-For is believed. */
  trustedProxies: string[];
}

/** To spread into a service's schema, beside `PORT: port(<its default>)`. */
export const commonEnv = {
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: logLevel(),
  METRICS_ALLOW_CIDRS: cidrList(PRIVATE_CIDRS),
  TRUSTED_PROXIES: cidrList(),
};

export interface CommonEnv {
  HOST: string;
  PORT: number;
  LOG_LEVEL: string;
  METRICS_ALLOW_CIDRS: string[];
  TRUSTED_PROXIES: string[];
}

/** From checked variables to config: spread it into the service's own. */
export function commonConfig(e: CommonEnv): CommonConfig {
  return {
    host: e.HOST,
    port: e.PORT,
    logLevel: e.LOG_LEVEL,
    metricsAllowCidrs: e.METRICS_ALLOW_CIDRS,
    trustedProxies: e.TRUSTED_PROXIES,
  };
}
