/** What is not meant for an intercepted service: it must not leave the process unseen. */

import { createFetchClient, serveHttp, type HttpService } from '../../src/http/index.ts';
import { interceptHttp, isLoopback } from '../../src/http/intercept.ts';
import { describe, expect, it, vi } from 'vitest';

const saying = (body: string): HttpService => ({
  bodySizeMax: () => 10,
  respond: async () => ({ status: 200, body }),
});

async function ask(url: string): Promise<string> {
  const { body } = await createFetchClient().send({ method: 'GET', url });
  return new TextDecoder().decode(body);
}

describe('interceptHttp', () => {
  it('serves several origins, until each is closed', async () => {
    const first = interceptHttp({ 'http://a.test': saying('a'), 'http://b.test': saying('b') });
    const second = interceptHttp({ 'http://c.test': saying('c') });
    expect(await ask('http://a.test/')).toBe('a');
    expect(await ask('http://b.test/x?y')).toBe('b');
    expect(await ask('http://c.test/')).toBe('c');
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    first.close();
    first.close();
    await expect(ask('http://a.test/')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await ask('http://c.test/')).toBe('c');
    expect(warned).toHaveBeenCalledTimes(1);
    warned.mockRestore();
    second.close();
  });

  it('refuses requests elsewhere aloud, also to this machine unless they are let in', async () => {
    const server = await serveHttp(saying('socket'), { host: '127.0.0.1', port: 0 });
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const strict = interceptHttp({ 'http://a.test': saying('a') });
    await expect(ask('http://other.test/secret?key=1')).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(ask(server.url)).rejects.toMatchObject({ code: 'unavailable' });
    expect(warned.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringContaining('http://other.test,'),
      expect.stringContaining(server.url),
    ]);
    const lenient = interceptHttp({ 'http://b.test': saying('b') }, { pass: isLoopback });
    expect(await ask(server.url)).toBe('socket');
    lenient.close();
    await expect(ask(server.url)).rejects.toMatchObject({ code: 'unavailable' });
    strict.close();
    warned.mockRestore();
    expect(await ask(server.url)).toBe('socket');
    await server.close();
  });

  it('refuses what is no origin, and one that is taken', () => {
    expect(() => interceptHttp({ 'http://a.test/path': saying('a') })).toThrow('an origin');
    const taken = interceptHttp({ 'http://a.test': saying('a') });
    expect(() => interceptHttp({ 'http://a.test': saying('b') })).toThrow('intercepted already');
    taken.close();
  });
});
