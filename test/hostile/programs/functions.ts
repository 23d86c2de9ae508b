/**
 * The functions as a process of their own, unbundled: takes `{id, name, event}` over IPC and sends
 * `{id, reply}` or `{id, error}` back. What they print is the parent's to read.
 */

const entries: Readonly<Record<string, () => Promise<{ readonly handler: unknown }>>> = {
  flat: () => import('../../../functions/flat.ts'),
  xmlrpc: () => import('../../../functions/xmlrpc.ts'),
  web: () => import('../../../functions/web.ts'),
  authorizer: () => import('../../../functions/authorizer.ts'),
  api: () => import('../../../functions/api.ts'),
  admin: () => import('../../../functions/admin.ts'),
};

process.on('message', async ({ id, name, event }: { id: number; name: string; event: unknown }) => {
  try {
    const { handler } = (await entries[name]?.()) ?? {};
    if (typeof handler !== 'function') throw new Error(`no function ${name}`);
    process.send?.({ id, reply: await handler(event, { awsRequestId: `request-${id}` }) });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? `${error.stack}` : String(error) });
  }
});
