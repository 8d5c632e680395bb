/** JSON Schemas (2020-12) of what the API answers, for the OpenAPI description. */

type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const word = (...values: string[]): Schema => ({ type: 'string', enum: values });
const orNull = (type: string): Schema => ({ type: [type, 'null'] });
const numbers = (type: string): Schema => ({ type: 'array', items: orNull(type) });
const numbersOrNull = (type: string): Schema => ({ type: ['array', 'null'], items: orNull(type) });

function object(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', additionalProperties: false, required, properties };
}

const WINDOW = {
  aggregation_start_time: time,
  aggregation_end_time: time,
  generic_id: text,
  aggregation_id: text,
  state_code: { type: 'string', pattern: '^([a-z0-9]{1,3})?$' },
  country_code: { type: 'string', pattern: '^[a-z]{2}$' },
  data_provider: word('apple', 'google'),
};

const record = object({
  id: text,
  sum: { ...numbers('integer'), description: 'Noisy, one number a bin; null where suppressed' },
  ...WINDOW,
  provider_version: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  epsilon: { type: 'number' },
  hamming_weight: orNull('integer'),
  total_individual_clients: { type: 'integer' },
});

const result = object(
  {
    id: text,
    status: word('published', 'suppressed', 'held'),
    reason: { type: 'string', description: 'Why something, or all of it, is not shown' },
    detail: text,
    source: word('sum-parts', 'run'),
    ...WINDOW,
    epsilon: orNull('number'),
    total_individual_clients: orNull('integer'),
    sum: numbersOrNull('integer'),
    estimates: { ...numbersOrNull('number'), description: 'De-biased; may be negative' },
    standard_error: { ...orNull('number'), description: 'Of each estimate, from the noise alone' },
    suppressed_bins: { type: 'array', items: { type: 'integer' } },
  },
  ['reason', 'detail'],
);

const dataset = object({
  aggregation_id: text,
  generic_id: text,
  bins: { type: 'integer' },
  labels: { type: 'array', items: text },
  providers: { type: 'array', items: word('apple', 'google') },
});

export const SCHEMAS = {
  Records: object({ rawData: { type: 'array', items: record } }),
  Results: object({ results: { type: 'array', items: result } }),
  Authority: object({
    authority: text,
    localities: {
      type: 'array',
      items: object({ country_code: WINDOW.country_code, state_code: WINDOW.state_code }),
    },
    datasets: { type: 'array', items: dataset },
    policy: object({
      minimum_clients: { type: 'integer' },
      suppress_below: { type: 'number' },
    }),
  }),
  Problem: {
    type: 'object',
    description: 'RFC 9457; `code` is a stable word for programs',
    required: ['title', 'status', 'detail', 'code'],
    properties: { title: text, status: { type: 'integer' }, detail: text, code: text },
  },
  Description: { type: 'object', required: ['openapi', 'paths'] },
} as const satisfies Readonly<Record<string, Schema>>;

export type SchemaName = keyof typeof SCHEMAS;
