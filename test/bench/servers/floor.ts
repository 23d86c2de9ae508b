/** The floor: a bare Hono server that reads the body and sends a canned reply, which it is told. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

let body = '';
let headers = {};
process.on('message', (told: { readonly body: string; readonly type: string }) => {
  body = told.body;
  headers = {
    'Content-Type': told.type,
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
  };
  process.send?.('told');
});

const app = new Hono();
app.post('/*', async (c) => {
  await c.req.arrayBuffer();
  return c.body(body, 200, headers);
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send?.(port));
