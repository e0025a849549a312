import type { CallCost } from '../../calls/call.ts';

export const NO_COST: CallCost = { model: 0, transport: 0, compute: 0, telephony: 0, speech: 0, tools: 0 };

export const addCost = (a: CallCost, b: CallCost): CallCost => ({
  model: a.model + b.model,
  transport: a.transport + b.transport,
  compute: a.compute + b.compute,
  telephony: a.telephony + b.telephony,
  speech: a.speech + b.speech,
  tools: a.tools + b.tools,
});

export const totalCost = (cost: CallCost): number =>
  Math.round(cost.model + cost.transport + cost.compute + cost.telephony + cost.speech + cost.tools);
