import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, describe, expect, it } from 'vitest';
import { buildDescribeServiceAssets, openApiDocument } from '../../scripts/build-openapi.ts';
import { OPERATIONS, routesOf } from '../../shared/http/operations.ts';

const document = JSON.parse(JSON.stringify(openApiDocument())) as {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
};

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result).toMatchObject({ valid: true });
    expect(document.openapi).toMatch(/^3\.1/);
  });

  it('describes each route of the API and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(
      routesOf()
        .map(({ routeKey }) => routeKey)
        .sort(),
    );
    expect(Object.keys(OPERATIONS).length).toBeGreaterThan(10);
  });

  it('says with every problem what it looks like', () => {
    const create = document.paths['/api/v1/agents']?.post;
    expect(create?.responses['413']).toMatchObject({
      content: {
        'application/problem+json': {
          examples: { 'sop-too-long': { value: { code: 'sop-too-long', status: 413, retryable: false } } },
        },
      },
    });
  });
});

describe('the assets of describe-service', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oratio-assets-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('hold the page and its script and fit into an answer of a Lambda', async () => {
    await buildDescribeServiceAssets(folder);
    expect(readdirSync(folder).sort()).toEqual([
      'asyncapi.json',
      'docs.html',
      'openapi.json',
      'scalar.js.gz',
      'websocket.html',
    ]);
    expect(readFileSync(join(folder, 'scalar.js.gz')).length * (4 / 3)).toBeLessThan(6_000_000);
    expect(readFileSync(join(folder, 'docs.html'), 'utf8')).not.toMatch(/(?<!xmlns=.)https?:\/\//);
  });
});
