/** CloudFront, built from a distribution: which requests it takes, and what of them reaches the origin. */
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as v from 'valibot';
import type { HttpApi } from '../http-api.ts';
import { listenLocally } from '../local-server.ts';
import type { ResolvedResource, ResolvedTemplate } from './resolve.ts';
import { matches } from './roles.ts';

const behaviour = {
  TargetOriginId: v.string(),
  AllowedMethods: v.array(v.string()),
  // Nothing is cached: another policy would have to be built first.
  CachePolicyId: v.literal('4135ea2d-6844-44df-8df9-4b5a84be39ad'),
  OriginRequestPolicyId: v.string(),
  Compress: v.literal(false),
  ViewerProtocolPolicy: v.picklist(['allow-all', 'https-only', 'redirect-to-https']),
};

const distributionProperties = v.object({
  DistributionConfig: v.looseObject({
    Enabled: v.literal(true),
    Origins: v.array(
      v.strictObject({
        Id: v.string(),
        DomainName: v.string(),
        // An HTTP API has no port for http, and takes no older TLS.
        CustomOriginConfig: v.strictObject({
          OriginProtocolPolicy: v.literal('https-only'),
          OriginSSLProtocols: v.pipe(v.array(v.string()), v.includes('TLSv1.2')),
        }),
        OriginCustomHeaders: v.array(v.strictObject({ HeaderName: v.string(), HeaderValue: v.string() })),
      }),
    ),
    DefaultCacheBehavior: v.strictObject(behaviour),
    CacheBehaviors: v.array(v.strictObject({ ...behaviour, PathPattern: v.string() })),
  }),
});

const policyProperties = v.object({
  OriginRequestPolicyConfig: v.strictObject({
    Name: v.string(),
    Comment: v.string(),
    HeadersConfig: v.strictObject({ HeaderBehavior: v.literal('whitelist'), Headers: v.array(v.string()) }),
    CookiesConfig: v.strictObject({ CookieBehavior: v.picklist(['all', 'none']) }),
    QueryStringsConfig: v.strictObject({ QueryStringBehavior: v.picklist(['all', 'none']) }),
  }),
});

/** The address from which the origin sees the edge's requests come. */
const edgeAddress = '127.0.0.99';

/** Opens the edge, once for viewers of http and once for those of https. `hosts` are the origins' doors. */
export async function openEdge(
  distribution: ResolvedResource,
  template: ResolvedTemplate,
  hosts: Readonly<Record<string, URL>>,
): Promise<{ readonly http: HttpApi; readonly https: HttpApi }> {
  const { DistributionConfig: config } = v.parse(distributionProperties, distribution.properties);

  const policyOf = (id: string) => {
    const found = [...template.resources].find(
      ([name, { type }]) => type === 'AWS::CloudFront::OriginRequestPolicy' && template.ref(name) === id,
    );
    if (!found) throw new Error(`there is no origin request policy ${id}`);
    return v.parse(policyProperties, found[1].properties).OriginRequestPolicyConfig;
  };

  function headersFor(request: IncomingMessage, scheme: string, policyId: string, host: string) {
    const { HeadersConfig, CookiesConfig } = policyOf(policyId);
    const { remoteAddress = '', remotePort = 0 } = request.socket;
    const seen: Readonly<Record<string, string | undefined>> = {
      ...Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      'cloudfront-viewer-address': `${remoteAddress}:${remotePort}`,
      'cloudfront-forwarded-proto': scheme,
    };
    const headers: Record<string, string> = { host, 'user-agent': 'Amazon CloudFront' };
    for (const name of HeadersConfig.Headers.map((one) => one.toLowerCase())) {
      const value = seen[name];
      if (value !== undefined) headers[name] = value;
    }
    const { cookie } = request.headers;
    if (CookiesConfig.CookieBehavior === 'all' && cookie !== undefined) headers['cookie'] = cookie;
    headers['x-forwarded-for'] = remoteAddress;
    headers['via'] = '1.1 d111111abcdef8.cloudfront.net (CloudFront)';
    return headers;
  }

  async function enter(request: IncomingMessage, response: ServerResponse, scheme: 'http' | 'https') {
    const body = await buffer(request);
    const { pathname, search } = new URL(request.url ?? '/', 'http://x');
    const found =
      config.CacheBehaviors.find(({ PathPattern }) => matches(PathPattern, pathname)) ??
      config.DefaultCacheBehavior;
    if (scheme === 'http' && found.ViewerProtocolPolicy !== 'allow-all') {
      const redirected = found.ViewerProtocolPolicy === 'redirect-to-https';
      const Location = `https://${request.headers.host}${request.url}`;
      return void response.writeHead(redirected ? 301 : 403, redirected ? { Location } : {}).end();
    }
    if (!found.AllowedMethods.includes(request.method ?? '')) return void response.writeHead(403).end();
    const origin = config.Origins.find(({ Id }) => Id === found.TargetOriginId);
    const door = hosts[origin?.DomainName ?? ''];
    if (!origin || !door) return void response.writeHead(502).end('no such origin');

    const headers = headersFor(request, scheme, found.OriginRequestPolicyId, origin.DomainName);
    // CloudFront overwrites what a viewer sends under these names.
    for (const { HeaderName, HeaderValue } of origin.OriginCustomHeaders) {
      headers[HeaderName.toLowerCase()] = HeaderValue;
    }
    const query = policyOf(found.OriginRequestPolicyId).QueryStringsConfig.QueryStringBehavior === 'all';
    const onward = send({
      host: door.hostname,
      port: door.port,
      localAddress: edgeAddress,
      method: request.method,
      path: pathname + (query ? search : ''),
      headers: { ...headers, ...(body.length > 0 && { 'content-length': String(body.length) }) },
    });
    onward.end(body);
    const [reply] = (await once(onward, 'response')) as [IncomingMessage];
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(response);
  }

  const open = (scheme: 'http' | 'https') =>
    listenLocally((request, response) => enter(request, response, scheme));
  return { http: await open('http'), https: await open('https') };
}
