import { describe, expect, test } from 'vitest';
import { Octets } from '../../../../core/protocol/values.ts';
import {
  argumentsOf,
  array,
  ask,
  callOf,
  faultCodeOf,
  loginCall,
  struct,
  stubGateway,
  value,
} from './xmlrpc-calls.ts';

/** What `password` arrives as when its value is spelled this way. */
const read = async (inner: string) => (await argumentsOf(loginCall({ password: inner }))).get('password');

describe('a scalar', () => {
  test.each([
    ['<string>test</string>', 'test'],
    ['<string> a  b\n</string>', ' a  b\n'],
    ['<string></string>', ''],
    ['<string/>', ''],
    ['<string type="x">test</string>', 'test'],
    ['test', 'test'],
    [' test ', ' test '],
    ['', ''],
    [' ', ' '],
    ['\n  <string>test</string>\n  ', 'test'],
    ['<!-- c --><string>te<!-- c -->st</string>', 'test'],
    ['te<?pi x?>st', 'test'],
    ['<int>12345</int>', '12345'],
    ['<int></int>', ''],
    ['<i4/>', ''],
    ['<boolean/>', ''],
    ['<double/>', ''],
    ['<dateTime.iso8601>1998-07-17 14:08</dateTime.iso8601>', '1998-07-17 14:08'],
    ['<int>0123</int>', '0123'],
    ['<int> -7\n</int>', '-7'],
    ['<int>123456789012345678901234567890</int>', '123456789012345678901234567890'],
    ['<i4>+1</i4>', '+1'],
    ['<i8>9223372036854775807</i8>', '9223372036854775807'],
    ['<ex:i8>1</ex:i8>', '1'],
    ['<ex:i1>1</ex:i1>', '1'],
    ['<ex:i2>0</ex:i2>', '0'],
    ['<ex:float>1.5</ex:float>', '1.5'],
    ['<ex:bigdecimal>-1.5</ex:bigdecimal>', '-1.5'],
    ['<x:biginteger>99999999999999999999</x:biginteger>', '99999999999999999999'],
    ['<ex:dateTime>2026-11-26T00:00:00Z</ex:dateTime>', '2026-11-26T00:00:00Z'],
    ['<boolean>1</boolean>', '1'],
    ['<boolean>0</boolean>', '0'],
    ['<boolean> true </boolean>', '1'],
    ['<boolean>False</boolean>', '0'],
    ['<double>1.50</double>', '1.50'],
    ['<double>-.5</double>', '-.5'],
    ['<double>1e5</double>', '1e5'],
    ['<double>12.</double>', '12.'],
    ['<dateTime.iso8601>19980717T14:08:55</dateTime.iso8601>', '19980717T14:08:55'],
    ['<dateTime.iso8601>1998-07-17T14:08:55Z</dateTime.iso8601>', '1998-07-17T14:08:55Z'],
    ['<base64>dGVzdA==</base64>', 'test'],
    ['<base64>\n dGVz\r\n\tdA== </base64>', 'test'],
    ['<base64>0YLQtdGB0YI=</base64>', 'тест'],
    ['<base64>77u/YQ==</base64>', '\ufeffa'],
    ['<base64/>', ''],
  ])('%j is the text %j', async (inner, text) => {
    expect(await read(inner)).toBe(text);
  });

  test.each(['<nil/>', '<nil></nil>', '<ex:nil/>'])('%j is absent', async (inner) => {
    expect((await argumentsOf(loginCall({ password: inner }))).has('password')).toBe(false);
  });

  test('base64 that is not UTF-8 stays bytes', async () => {
    const octets = new Octets(Uint8Array.of(0xff, 0x00, 0xf2), undefined, 'binary');
    expect(await read('<base64>/wDy</base64>')).toEqual(octets);
  });

  test.each([
    '<int>abc</int>',
    '<int>1.5</int>',
    '<int>1 2</int>',
    '<int>0x10</int>',
    '<int>١</int>',
    '<i8>--1</i8>',
    '<boolean>2</boolean>',
    '<boolean>yes</boolean>',
    '<double>.</double>',
    '<double>1,5</double>',
    '<double>e5</double>',
    '<double>NaN</double>',
    '<base64>dGVzdA=</base64>',
    '<base64>d</base64>',
    '<base64>dGVz-_==</base64>',
    '<base64>дом=</base64>',
    '<nil>x</nil>',
    '<nil><string/></nil>',
    '<int><string>1</string></int>',
    '<string>a<b/></string>',
    '<date>19980717T14:08:55</date>',
    '<String>test</String>',
    '<ex:string>test</ex:string>',
    '<ex:int>1</ex:int>',
    '<string>a</string><string>b</string>',
    'a<string>b</string>',
    '<string>a</string>b',
    '<![CDATA[a]]><string>b</string>',
    '<value>a</value>',
    '<name>a</name>',
    '<é>a</é>',
  ])('%j is no value', async (inner) => {
    expect(await faultCodeOf(loginCall({ password: inner }))).toBe(-32600);
  });
});

describe('characters', () => {
  test.each([
    ['&lt;&amp;&gt;&quot;&apos;', '<&>"\''],
    ['&#116;&#x65;&#x00073;&#x74;', 'test'],
    ['&#x1F600;', '😀'],
    ['&amp;lt;', '&lt;'],
    ['&amp;#65;', '&#65;'],
    ['<![CDATA[a<b>&amp;]]>', 'a<b>&amp;'],
    ['a<![CDATA[]]>b', 'ab'],
    ['<![CDATA[a]]]]><![CDATA[>b]]>', 'a]]>b'],
    ['a\r\nb\rc\nd\te', 'a\nb\nc\nd\te'],
    ['<![CDATA[a\r\nb]]>', 'a\nb'],
    ['a&#13;&#10;b', 'a\r\nb'],
    ['__proto__', '__proto__'],
    ['😀é\u0085', '😀é\u0085'],
  ])('%j reads as %j, bare or typed', async (inner, text) => {
    expect(await read(inner)).toBe(text);
    expect(await read(`<string>${inner}</string>`)).toBe(text);
  });
});

describe('structs and arrays', () => {
  const argument = async (inner: string) => (await argumentsOf(loginCall({ x: inner }))).get('x');

  test('hold any values, within one another', async () => {
    const inner = array(value('1'), value('<i4>2</i4>'), struct({ a: '<nil/>', b: 'c' }), array());
    expect(await argument(`<array><data>${inner}</data></array>`)).toEqual([
      ['1', '2', new Map([['b', 'c']]), []],
    ]);
  });

  test('may be written with white space and comments between their parts', async () => {
    const spaced = '\n<struct> <member>\r\n<name>a</name>\t<value>1</value> </member><!-- c --> </struct>\n';
    expect(await argument(spaced)).toEqual(new Map([['a', '1']]));
    expect(await argument('<array>\n<data> <value>1</value>\n</data>\n</array>')).toEqual(['1']);
  });

  test('a nil in an array is left out', async () => {
    expect(await argument('<array><data><value><nil/></value><value>1</value></data></array>')).toEqual([
      '1',
    ]);
  });

  test('of two members of one name the last one holds, be it nil', async () => {
    const member = (inner: string) => `<member><name>a</name><value>${inner}</value></member>`;
    expect(await argument(`<struct>${member('1')}${member('2')}</struct>`)).toEqual(new Map([['a', '2']]));
    expect(await argument(`<struct>${member('1')}${member('<nil/>')}</struct>`)).toEqual(new Map());
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString', '', ' ', 'ключ', 'a&amp;b'])(
    'a member may be called %j',
    async (name) => {
      const args = await argumentsOf(loginCall({ [name]: '1' }).replace('<name></name>', '<name/>'));
      expect([...args.keys()]).toEqual(['username', name.replace('&amp;', '&')]);
    },
  );

  test('a member called __proto__ pollutes nothing', async () => {
    const args = await argumentsOf(
      loginCall().replace('<struct>', '<struct><member><name>__proto__</name><value>x</value></member>'),
    );
    expect(args.get('__proto__')).toBe('x');
    expect(Object.getPrototypeOf(args)).toBe(Map.prototype);
  });

  test.each([
    '<struct>x</struct>',
    '<struct><name>a</name><value>1</value></struct>',
    '<struct><member/></struct>',
    '<struct><member><name>a</name></member></struct>',
    '<struct><member><value>1</value></member></struct>',
    '<struct><member><name>a</name><value>1</value><value>2</value></member></struct>',
    '<struct><member><name>a</name><name>b</name><value>1</value></member></struct>',
    '<struct><member><name>a<b/></name><value>1</value></member></struct>',
    '<struct><member>x<name>a</name><value>1</value></member></struct>',
    '<struct><member><name>a</name>1</member></struct>',
    '<struct><value>1</value></struct>',
    '<array><value>1</value></array>',
    '<array><data/><data/></array>',
    '<array>x<data/></array>',
    '<array><data>x</data></array>',
    '<array><data><string>1</string></data></array>',
    '<struct/><struct/>',
    'x<struct/>',
    '<struct/>x',
    '<constructor/>',
    '<__proto__/>',
    '<prototype>1</prototype>',
    '<hasOwnProperty/>',
  ])('%j is no value', async (inner) => {
    expect(await faultCodeOf(loginCall({ x: inner }))).toBe(-32600);
  });
});

describe('a method call', () => {
  const named = '<methodName>LJ.XMLRPC.login</methodName>';
  const params = `<params><param>${struct({ username: 'test' })}</param></params>`;

  test.each([
    ['white space around the name', callOf('\n LJ.XMLRPC.login\t', struct({ username: 'test' }))],
    ['the name in CDATA', callOf('<![CDATA[LJ.XMLRPC.login]]>', struct({ username: 'test' }))],
    ['no XML declaration', `<methodCall>${named}${params}</methodCall>`],
    ['the params first', `<methodCall>${params}${named}</methodCall>`],
    [
      'attributes',
      `<methodCall xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions">${named}${params}</methodCall>`,
    ],
    ['line ends everywhere', `<methodCall>${named}${params}</methodCall>\n`.replaceAll('><', '>\r\n<')],
    ['comments around it', `<!-- a --><methodCall><!-- b -->${named}${params}</methodCall><!-- c -->\n\n`],
  ])('may come with %s', async (_what, body) => {
    expect((await argumentsOf(body)).get('username')).toBe('test');
  });

  test.each([
    '<a/>',
    '<methodResponse/>',
    '<methodCall/>',
    '<MethodCall/>',
    `<methodCall>${params}</methodCall>`,
    `<methodCall>${named}${named}${params}</methodCall>`,
    `<methodCall>${named}${params}${params}</methodCall>`,
    `<methodCall>${named}x${params}</methodCall>`,
    `<methodCall>${named}<x/></methodCall>`,
    '<methodCall><methodName/></methodCall>',
    '<methodCall><methodName> </methodName></methodCall>',
    '<methodCall><methodName>a<b/></methodName></methodCall>',
    '<__proto__/>',
    '<constructor><methodName>a</methodName></constructor>',
    `<methodCall>${named}<params>x</params></methodCall>`,
    `<methodCall>${named}<params><value>1</value></params></methodCall>`,
    `<methodCall>${named}<params><param>x</param></params></methodCall>`,
    `<methodCall>${named}<params><param><value/><value/></param></params></methodCall>`,
    `<methodCall>${named}<params><param><struct/></param></params></methodCall>`,
  ])('is not %j', async (body) => {
    expect(await faultCodeOf(body)).toBe(-32600);
  });

  test('is logged as unknown when it cannot be read', async () => {
    const { reports } = await ask(stubGateway(), '<methodCall/>');
    expect(reports).toEqual([{ method: 'unknown', outcome: -32600 }]);
  });
});
