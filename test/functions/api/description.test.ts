/** The description of the interface for sites: for programs, and as a page. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { operations } from '../../../functions/api/operations.ts';
import { openApiSite } from '../../support/api-site.ts';

const get = async (path: string) => (await openApiSite()).fetch(path, { method: 'GET' });

test('is valid OpenAPI 3.1, for everybody to read', async () => {
  const document = await (await get('/api/v1/openapi.json')).json();
  expect(await new Validator().validate(document)).toMatchObject({ valid: true });
  expect(document.openapi).toBe('3.1.0');
});

test('has every operation, with its parameters, its body and its problems', async () => {
  const { paths } = await (await get('/api/v1/openapi.json')).json();
  for (const [name, { method, path }] of Object.entries(operations)) {
    expect(paths[path][method.toLowerCase()]).toMatchObject({ operationId: name });
  }
  const edit = paths['/accounts/{username}'].patch;
  expect(edit.parameters.map(({ name }: { name: string }) => name)).toEqual(['username', 'If-Match']);
  const body = edit.requestBody.content['application/json'].schema;
  expect(Object.keys(body.properties)).toContain('friendgroups');
  expect(body.properties).not.toHaveProperty('password');
  expect(Object.keys(edit.responses)).toEqual(expect.arrayContaining(['200', '400', '404', '412', '415']));
  const list = paths['/accounts'].get.parameters.map(({ name }: { name: string }) => name);
  expect(list).toEqual(['status', 'match', 'after', 'limit']);
});

test('says of each body which members it must have', async () => {
  const { paths } = await (await get('/api/v1/openapi.json')).json();
  const required = (path: string, method: string) =>
    paths[path][method].requestBody.content['application/json'].schema.required;
  expect(required('/verify', 'post')).toEqual(['username', 'address']);
  expect(required('/accounts', 'post')).toEqual(['username']);
  expect(required('/accounts/{username}/status', 'put')).toEqual(['status']);
});

test('is a page, too, which loads nothing and runs no script', async () => {
  const reply = await get('/api/v1');
  const html = await reply.text();
  expect(reply.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
  expect(reply.headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(html).not.toMatch(/<script|\ssrc=|https?:\/\//);
  for (const { method, path } of Object.values(operations))
    expect(html).toContain(`${method} /api/v1${path}`);
});
