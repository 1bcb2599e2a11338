import { STATUS_CODES } from 'node:http';
import type { RoutingDecision } from './routing.js';

/** A response that the load balancer gives by itself, without any target. */
export interface OwnAnswer {
  readonly statusCode: number;
  readonly reason: string;
  readonly headers: readonly string[];
  readonly body: string;
}

// Where nginx's words, which an ALB answers with, differ from Node's.
const reasons: Readonly<Record<number, string>> = {
  408: 'Request Time-out',
  414: 'Request-URI Too Large',
  463: 'Too Many X-Forwarded-For Addresses',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/** The HTML page of an ALB for a status code: `<center><h1>502 Bad Gateway</h1></center>`. */
export function pageAnswer(statusCode: number, extraHeaders: readonly string[] = []): OwnAnswer {
  const reason = reasons[statusCode] ?? STATUS_CODES[statusCode] ?? 'Unknown';
  const title = `${statusCode} ${reason}`;
  return answer(
    statusCode,
    reason,
    'text/html',
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
    extraHeaders,
  );
}

/** What a rule answers by itself; pages for everything else. */
export function decisionAnswer(decision: Exclude<RoutingDecision, { kind: 'forward' }>): OwnAnswer {
  switch (decision.kind) {
    case 'redirect':
      return pageAnswer(decision.statusCode, ['Location', decision.location]);
    case 'fixedResponse': {
      const { statusCode, contentType, body } = decision;
      const type = contentType?.startsWith('text/') ? `${contentType}; charset=utf-8` : contentType;
      return answer(statusCode, STATUS_CODES[statusCode] ?? 'Unknown', type, body, []);
    }
    case 'unavailable':
      return pageAnswer(decision.statusCode);
  }
}

function answer(
  statusCode: number,
  reason: string,
  contentType: string | undefined,
  body: string,
  extraHeaders: readonly string[],
): OwnAnswer {
  const type = contentType === undefined ? [] : ['Content-Type', contentType];
  const length = String(Buffer.byteLength(body));
  return {
    statusCode,
    reason,
    headers: ['Server', 'awselb/2.0', ...type, 'Content-Length', length, ...extraHeaders],
    body,
  };
}
