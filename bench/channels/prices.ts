/** List prices of a message, US dollars, us-east-1 and customers in the US, without free tiers. */
export interface Price {
  readonly what: string;
  readonly usd: number;
  readonly unit: string;
  readonly source: string;
  /** UTC day it was read or written down. */
  readonly asOf: string;
  /** Written down from memory: check it before anybody is billed by it. */
  readonly memory: boolean;
}

const ASOF = '2026-11-21';
const memory = (what: string, usd: number, unit: string, source: string): Price => ({
  what,
  usd,
  unit,
  source,
  asOf: ASOF,
  memory: true,
});
const read = (what: string, usd: number, unit: string, source: string, asOf = ASOF): Price => ({
  ...memory(what, usd, unit, source),
  asOf,
  memory: false,
});

const X_PRICING = 'docs.x.com/x-api/getting-started/pricing';
const AWS = 'aws.amazon.com';

export const PRICES = {
  request: memory('HTTP API request', 1 / 1e6, '$1.00 / million', `${AWS}/api-gateway/pricing`),
  invocation: memory('Lambda invocation', 0.2 / 1e6, '$0.20 / million', `${AWS}/lambda/pricing`),
  gigabyteSecond: memory('Lambda GB-second', 0.0000133334, '$0.0000133334 (Arm)', `${AWS}/lambda/pricing`),
  queue: memory('SQS request, FIFO', 0.5 / 1e6, '$0.50 / million', `${AWS}/sqs/pricing`),
  write: memory('DynamoDB write unit', 0.625 / 1e6, '$0.625 / million', `${AWS}/dynamodb/pricing`),
  read: memory('DynamoDB read unit', 0.125 / 1e6, '$0.125 / million', `${AWS}/dynamodb/pricing`),
  secret: memory('Secrets Manager request', 0.05 / 10_000, '$0.05 / 10,000', `${AWS}/secrets-manager/pricing`),
  vcpuHour: read('AgentCore vCPU-hour', 0.0895, '$0.0895', `${AWS}/bedrock/agentcore/pricing`, '2026-11-20'),
  gigabyteHour: read('AgentCore GB-hour', 0.00945, '$0.00945', `${AWS}/bedrock/agentcore/pricing`, '2026-11-20'),
  inputToken: memory('Nova 2 Lite, token in', 0.3 / 1e6, '$0.30 / million', `${AWS}/bedrock/pricing`),
  outputToken: memory('Nova 2 Lite, token out', 2.5 / 1e6, '$2.50 / million', `${AWS}/bedrock/pricing`),
  whatsapp: memory('WhatsApp, reply within 24 hours', 0, 'free', 'developers.facebook.com/docs/whatsapp/pricing'),
  messenger: memory('Messenger and Instagram, message', 0, 'free', 'developers.facebook.com/docs/messenger-platform'),
  awsWhatsApp: memory('WhatsApp by AWS, message in or out', 0.005, '$0.005', `${AWS}/end-user-messaging/pricing`),
  xIn: read('X, direct message that is read', 0.01, '$0.010', X_PRICING),
  xOut: read('X, direct message that is sent', 0.015, '$0.015', X_PRICING),
  chat: memory('Amazon Connect, chat message in or out', 0.004, '$0.004', `${AWS}/connect/pricing`),
  smsIn: memory('SMS in the US, received', 0.0075, '$0.0075', `${AWS}/end-user-messaging/pricing`),
  smsOut: memory('SMS in the US, sent, carrier fee included', 0.0115, '$0.0115', `${AWS}/end-user-messaging/pricing`),
} as const satisfies Record<string, Price>;
