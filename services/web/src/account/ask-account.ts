import type { Logger } from '@artdag/service-kit';
import type { Gateway, GatewayAnswer, GatewayCall } from '../gateway/gateway.ts';
import type { SendPage } from '../html/page.ts';
import type { VisitorOf } from '../visitor/visitor.ts';

export interface AccountDeps {
  gateway: Gateway;
  visitorOf: VisitorOf;
  sendPage: SendPage;
  /** As browsers write them: whose forms are ours. */
  publicOrigins: readonly string[];
  logger: Logger;
}

const silence: GatewayAnswer = { status: 503, body: undefined, setCookies: [], retryAfter: '5' };

/** Calls the API for a form, by POST unless the call says otherwise; a gateway that does not answer counts as 503, so that the form can be shown again. */
export async function askAccount({ gateway, logger }: AccountDeps, call: GatewayCall): Promise<GatewayAnswer> {
  const { method = 'POST' } = call;
  try {
    return await gateway({ ...call, method });
  } catch (error) {
    const { requestId } = call.visit;
    logger.warn(`The gateway did not answer to ${method} ${call.path}.`, { request_id: requestId, error });
    return silence;
  }
}
