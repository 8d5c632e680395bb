/** The OpenAPI 3.1 description, made from the table of routes. */

import { PARAMETERS } from './filters.ts';
import { ROUTES } from './routes.ts';
import type { Route } from './routes.ts';
import { SCHEMAS } from './schemas.ts';

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'A parameter is unknown, repeated or no such thing; a key in the URL; too many results',
  401: 'The header holds no key that is in force',
  403: 'not-yours: the key is not for this country or state',
  429: 'Too many failed sign-ins from this address',
  503: 'Try again: state can not be used now, or all listeners’ places are taken',
};

export function openApi(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Portal of Exposure Notifications Private Analytics',
      version: '1',
      description: 'A key is sent in the header x-api-key and nowhere else.',
    },
    paths: Object.fromEntries(ROUTES.map((route) => [route.path, { get: operationOf(route) }])),
    components: {
      schemas: SCHEMAS,
      securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
    },
    security: [{ key: [] }],
  };
}

function operationOf({ name, about, parameters, answer, refusals }: Route): object {
  const schema =
    answer.schema === undefined
      ? { type: 'string' }
      : { $ref: `#/components/schemas/${answer.schema}` };
  const codes = [...new Set([400, 401, 429, 503, ...refusals])].sort((a, b) => a - b);
  const problems = codes.map((code) => [
    code,
    {
      description: REFUSALS[code],
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  return {
    operationId: name,
    summary: about,
    parameters: parameters.map((parameter) => {
      const { about: description, pattern, example } = PARAMETERS[parameter];
      const text = { type: 'string', pattern };
      return { name: parameter, in: 'query', description, schema: text, example };
    }),
    responses: {
      200: { description: about, content: { [answer.type]: { schema } } },
      ...Object.fromEntries(problems),
    },
  };
}
